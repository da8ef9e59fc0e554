// Private topics: those that one signed-in visitor may follow, as a JWT tells (docs/live.md, "Private topics").

/**
 * @param {object} options
 * @param {string} options.beginning How these topics begin: `account`.
 * @param {string} options.state Where their state is served.
 * @param {() => Promise<string>} options.token Gives a valid JWT.
 */
export const privateTopics = ({ beginning, state, token }) => {
  const isPrivate = (name) => name.startsWith("private");
  return {
    covers: (topic) => `${topic}/`.startsWith(`${beginning}/`),
    where: (name) => (isPrivate(name) ? state : undefined),
    authorization: (name) => (isPrivate(name) ? Promise.resolve(token()).then((Authorization) => ({ Authorization })) : undefined),
  };
};
