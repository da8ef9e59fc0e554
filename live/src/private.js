// Private topics: those that one signed-in visitor may follow, as a JWT tells (docs/live.md, "Private topics").

/**
 * @param {object} options
 * @param {string} options.beginning How these topics begin: `account`.
 * @param {string} options.state Where their state is served.
 * @param {() => string | Promise<string>} options.token Gives a valid JWT; where it fails, the topics are asked for
 *   without, and refused.
 */
export const privateTopics = ({ beginning, state, token }) => {
  const isPrivate = (name) => name.startsWith("private");
  const authorize = async () => {
    try {
      return { Authorization: await token() };
    } catch {
      return {};
    }
  };
  return {
    covers: (topic) => `${topic}/`.startsWith(`${beginning}/`),
    where: (name) => (isPrivate(name) ? state : undefined),
    authorization: (name) => (isPrivate(name) ? authorize() : undefined),
  };
};
