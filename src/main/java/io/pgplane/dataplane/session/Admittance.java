package io.pgplane.dataplane.session;

import io.pgplane.config.Limits;
import io.pgplane.dataplane.fleet.Wish;
import io.pgplane.dataplane.limit.Limit;
import io.pgplane.dataplane.limit.Limit.Kind;
import io.pgplane.dataplane.limit.Patience;
import io.pgplane.dataplane.limit.Places;
import io.pgplane.dataplane.route.Choice;
import io.pgplane.dataplane.session.Rules.ListenerRules;
import io.pgplane.topology.ClientSource;
import io.pgplane.topology.Route;
import io.pgplane.topology.Timeout;
import io.pgplane.topology.User;
import io.vertx.core.Future;
import java.util.Optional;

/**
 * Counts a session under each limit that it comes under. It is counted once it has proved who it
 * is, so that nobody else can use up the places of those who may come in.
 */
final class Admittance {
  private final Session session;
  private final ListenerRules listener;
  private final Limits limits;
  private final String userName;
  private final int connectionLimit;
  private final int reserve;

  Admittance(Session session, Rules rules, ListenerRules listener, String userName) {
    Optional<User> user = rules.users().user(userName);
    this.session = session;
    this.listener = listener;
    this.limits = rules.limits();
    this.userName = userName;
    this.connectionLimit = user.map(User::connectionLimit).orElse(0);
    this.reserve = user.filter(User::superuser).map(one -> limits.superuserReserve()).orElse(0);
  }

  /** Takes a place under each; waits for that of the route, if there is none. */
  Future<Void> admit(Places places, Route route) {
    ClientSource source = ClientSource.of(session.client().remoteIp());
    int perAddress = limits.sessionsPerAddress();
    return take(places, Kind.MEMBER, "", limits.sessions())
        .compose(in -> take(places, Kind.LISTENER, listener.name(), listener.connectionLimit()))
        .compose(in -> take(places, Kind.ADDRESS, source.network(), perAddress))
        .compose(
            in ->
                source.hasSite()
                    ? take(
                        places,
                        Kind.SITE,
                        source.site(),
                        perAddress * ClientSource.NETWORKS_OF_A_SITE)
                    : Future.succeededFuture())
        .compose(in -> take(places, Kind.USER, userName, connectionLimit))
        .compose(
            in ->
                enter(
                    places, limit(Kind.ROUTE, route.name(), route.connectionLimit()), patience()));
  }

  /** How long to wait where all places are taken. */
  Patience patience() {
    return new Patience(limits.queueLength(), session.timeouts().millis(Timeout.QUEUE));
  }

  /** What to ask servers for. */
  Wish wish(Choice choice) {
    return new Wish(
        choice.destination().role(), choice.role(), userName, session.client().remoteIp(), reserve);
  }

  private Future<Void> take(Places places, Kind kind, String name, int most) {
    return enter(places, limit(kind, name, most), Patience.NONE);
  }

  private Limit limit(Kind kind, String name, int most) {
    return new Limit(kind, name, most, reserve);
  }

  private Future<Void> enter(Places places, Limit limit, Patience patience) {
    return session
        .places()
        .take(places.enter(limit, patience, session.client().ended()))
        .mapEmpty();
  }
}
