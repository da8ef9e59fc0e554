// Private topics: those that one signed-in visitor may follow, as a JWT tells (docs/live.md, "Private topics").

/**
 * @param {object} options
 * @param {string} options.beginning How these topics begin: `account`.
 * @param {string} options.state Where their state is served.
 * @param {() => string | Promise<string>} options.token Gives a valid JWT; where it fails, the topics are asked for
 *   without, and refused.
 */
export const privateTopics = ({ beginning, state, token }) => {
  const authorize = async () => {
    try {
      return { Authorization: await token() };
    } catch {
      return {};
    }
  };
  return {
    namespace: (topic) => (`${topic}/`.startsWith(`${beginning}/`) ? "private" : "notice"),
    /** What a channel or document of this name needs that others do not. */
    access: async (name) => (name.startsWith("private") ? { at: state, headers: await authorize() } : {}),
  };
};
