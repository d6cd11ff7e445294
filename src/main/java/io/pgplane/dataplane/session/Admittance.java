package io.pgplane.dataplane.session;

import io.pgplane.dataplane.limit.Limit;
import io.pgplane.dataplane.limit.Limit.Kind;
import io.pgplane.dataplane.limit.Patience;
import io.pgplane.dataplane.stream.PgStream;
import io.pgplane.topology.Route;
import io.pgplane.topology.Timeout;
import io.pgplane.topology.User;
import io.vertx.core.Future;
import java.util.Optional;

/**
 * Counts a session under each limit that it comes under. It is counted once it has proved who it
 * is, so that nobody else can use up the places of those who may come in.
 */
record Admittance(
    SessionServices services, Rules rules, Rules.ListenerRules listener, Session session) {

  /** Takes a place under each; waits for that of the route, if there is none. */
  Future<Void> admit(String userName, Route route) {
    Optional<User> user = rules.users().user(userName);
    int extra =
        user.filter(User::superuser).map(one -> rules.limits().superuserReserve()).orElse(0);
    int ofUser = user.map(User::connectionLimit).orElse(0);
    String address = session.client().remoteAddress().hostAddress();
    return take(Kind.MEMBER, "", rules.limits().sessions(), extra)
        .compose(in -> take(Kind.LISTENER, listener.name(), listener.connectionLimit(), extra))
        .compose(in -> take(Kind.ADDRESS, address, rules.limits().sessionsPerAddress(), extra))
        .compose(in -> take(Kind.USER, userName, ofUser, extra))
        .compose(
            in ->
                enter(limit(Kind.ROUTE, route.name(), route.connectionLimit(), extra), patience()));
  }

  Patience patience() {
    return new Patience(rules.limits().queueLength(), session.timeouts().millis(Timeout.QUEUE));
  }

  private Future<Void> take(Kind kind, String name, int most, int extra) {
    return enter(limit(kind, name, most, extra), Patience.NONE);
  }

  private static Limit limit(Kind kind, String name, int most, int extra) {
    return new Limit(kind, name, most == 0 ? 0 : most + extra);
  }

  private Future<Void> enter(Limit limit, Patience patience) {
    PgStream client = session.client();
    return services
        .places()
        .enter(limit, patience, client.promise(), client.closed())
        .map(
            place -> {
              session.hold(place);
              return null;
            });
  }
}
