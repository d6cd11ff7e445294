package io.pgplane.controlplane.revision;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;

/**
 * What can be asked of the control plane, from wherever: HTTP, the event bus and the command line
 * ask the same. Requests and replies are JSON; no reply shows a secret.
 *
 * <table>
 * <caption>Requests</caption>
 * <tr><th>action</th><th>request</th><th>reply</th></tr>
 * <tr><td>apply</td><td>{@code changes: [{put: TABLE, name?, document, before?: NAME} | {delete:
 * TABLE, name}], expectedRevision?, author, comment?, dryRun?, endSessions?: [USER]}}</td><td>{@code
 * revision, dryRun, changes: [{table, name, before?, after?}], late: [TEXT], warnings?: [{path,
 * text}]}: late lists the members where it is not active yet; a dry run has the warnings that the change brings</td></tr>
 * <tr><td>rollback</td><td>{@code to, expectedRevision?, author, comment?, dryRun?}</td><td>as
 * apply</td></tr>
 * <tr><td>get</td><td>{@code table, name?, after?, limit?}</td><td>{@code revision, items: [{name,
 * document}]}, in the order of routes, else by name</td></tr>
 * <tr><td>history</td><td>{@code number?, before?, limit?}</td><td>{@code revision, revisions:
 * [{number, time, author, comment, member, changes}]}, the last first; with a number only that one,
 * its changes with documents</td></tr>
 * <tr><td>explain</td><td>{@code user, database?, ...} as the options of {@code pgplane
 * explain}</td><td>{@code refused, reasons: [TEXT], route?, backend?, servers?, database?, role?,
 * lines: [TEXT]}</td></tr>
 * <tr><td>sessions</td><td>{@code member?, user?, database?, route?, backend?,
 * limit?}</td><td>{@code sessions: [{id, member, ...}], missing: [MEMBER]}</td></tr>
 * <tr><td>endSessions</td><td>{@code id} or {@code user, ...} as above</td><td>{@code
 * ended}</td></tr>
 * <tr><td>members</td><td></td><td>{@code members: [{name, revision, inStep, ...}]}</td></tr>
 * <tr><td>servers</td><td></td><td>{@code servers: [{backend, server, sessions, ...}]}</td></tr>
 * <tr><td>throttle</td><td></td><td>{@code addresses: [{address, failures,
 * lockedOutSeconds}]}</td></tr>
 * <tr><td>resetThrottle</td><td>{@code address}</td><td>{@code reset}</td></tr>
 * </table>
 */
@FunctionalInterface
public interface Control {

  /**
   * Answers one request.
   *
   * @return fails with a {@link ControlException}
   */
  Future<JsonObject> request(String action, JsonObject request);
}
