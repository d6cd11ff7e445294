package io.pgplane.dataplane.session;

import io.pgplane.config.ListenerTls;
import io.pgplane.dataplane.auth.Conditions;
import io.pgplane.dataplane.auth.Identity;
import io.pgplane.dataplane.auth.PasswordAttempt;
import io.pgplane.dataplane.backend.Connection;
import io.pgplane.dataplane.backend.Dialer;
import io.pgplane.dataplane.cancel.CancelForwarder;
import io.pgplane.dataplane.limit.Admission;
import io.pgplane.dataplane.route.Choice;
import io.pgplane.dataplane.startup.Opened;
import io.pgplane.dataplane.startup.Opening;
import io.pgplane.dataplane.stream.Peer;
import io.pgplane.dataplane.stream.PgStream;
import io.pgplane.failure.Failures;
import io.pgplane.protocol.wire.CString;
import io.pgplane.protocol.wire.CancelRequest;
import io.pgplane.topology.LoginFacts;
import io.pgplane.topology.Timeout;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.net.NetSocket;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * One client's connection, stage by stage:
 *
 * <pre>
 *   know → open → authenticate → route → admit → log in at a server → relay → end
 *               └ cancel → end
 * </pre>
 *
 * A stage that fails ends the session with what the client is to be told; {@link Session#end} is
 * the only place that tells it, and the only one that closes.
 */
public final class SessionChain {
  private final SessionServices services;
  private final Dialer dialer;
  private final Supplier<Rules> inForce;
  private final Rules.ListenerRules listener;
  private final Session session;
  private Rules rules;

  private SessionChain(
      SessionServices services,
      Dialer dialer,
      Supplier<Rules> inForce,
      Rules.ListenerRules listener,
      Session session) {
    this.services = services;
    this.dialer = dialer;
    this.inForce = inForce;
    this.listener = listener;
    this.session = session;
    this.rules = inForce.get();
  }

  /**
   * Serves a client that was just accepted, on the event loop that accepted it.
   *
   * @param inForce asked now, and again when the client has said who it is
   */
  public static void serve(
      SessionServices services,
      Dialer dialer,
      Supplier<Rules> inForce,
      String listener,
      NetSocket client) {
    Rules rules = inForce.get();
    PgStream stream = PgStream.of(client, Peer.CLIENT);
    Rules.ListenerRules of = rules.listener(listener);
    Optional<Admission.Permit> permit =
        of.proxies().takes(stream.remoteIp())
            ? services.admission().admit(rules.limits(), stream.remoteIp(), of.proxies().required())
            : Optional.empty();
    if (permit.isEmpty()) {
      stream.abort();
      return;
    }
    stream.watch(of.tcp());
    Dialer own = dialer.forClient(stream, of.tcp());
    SessionFacts facts = new SessionFacts(listener, stream);
    Session session = new Session(services, facts, own, of.timeouts(), permit.get());
    new SessionChain(services, own, inForce, of, session).run();
  }

  private void run() {
    known()
        .compose(this::open)
        .compose(
            opened ->
                opened instanceof Opened.Cancel cancel
                    ? cancel(cancel.request())
                    : login((Opened.Login) opened))
        .onComplete((done, failure) -> session.end(failure));
  }

  /** The client, once it is known where it comes from. */
  private Future<PgStream> known() {
    PgStream client = session.client();
    Future<Void> header =
        listener.proxies().required()
            ? client.proxyHeader(session.timeouts().millis(Timeout.PROXY_HEADER))
            : Future.succeededFuture();
    return header.map(
        known -> {
          session.checkAddress();
          return client;
        });
  }

  private Future<Opened> open(PgStream client) {
    long patience = session.timeouts().millis(Timeout.TLS);
    Opening opening = new Opening(client, listener.mode(), listener.tls(), patience);
    return opening.open().onSuccess(opened -> opening.handshake().ifPresent(session.login()::tls));
  }

  private Future<Void> login(Opened.Login login) {
    session.startup(login);
    // In this order: a change that takes its user away finds the session, or is found here.
    rules = inForce.get();
    if (rules.listener(listener.name()).mode() != listener.mode()) {
      // What protects the connection was asked for under other rules than those of the login.
      return Future.failedFuture(Failures.changed());
    }
    LoginFacts facts = ClientFacts.of(session.client(), listener.name(), login);
    return authenticate(login, facts)
        .map(identity -> route(login, facts, identity))
        .compose(this::admit)
        .compose(this::logIn)
        .compose(this::relay);
  }

  private Future<Identity> authenticate(Opened.Login login, LoginFacts facts) {
    PgStream client = session.client();
    CString user = login.startup().user();
    boolean named = listener.mode() == ListenerTls.Mode.VERIFY_FULL;
    PasswordAttempt attempt = services.throttle().attempt(rules.throttling(), client, user.text());
    return rules
        .authenticator()
        .authenticate(client, user, facts, login.tls(), new Conditions(named, attempt))
        .map(session::authenticated);
  }

  private Routed route(Opened.Login login, LoginFacts facts, Identity identity) {
    Choice choice = rules.routes().choose(facts, login.startup());
    session.route(choice.destination());
    return new Routed(identity, choice);
  }

  private Future<Routed> admit(Routed routed) {
    return admittance(routed)
        .admit(services.places(), routed.choice().destination().route())
        .map(routed);
  }

  private Future<Connection> logIn(Routed routed) {
    Admittance admittance = admittance(routed);
    return new ServerSearch(services, dialer, session, routed)
        .run(admittance.wish(routed.choice()), admittance.patience());
  }

  private Future<Void> relay(Connection connection) {
    Future<Void> ended = session.relay(connection);
    // A change since the login has begun has not found it at its server.
    new RuleChange(rules.users(), inForce.get().users())
        .farewell(session.facts())
        .ifPresent(session::part);
    return ended;
  }

  private Admittance admittance(Routed routed) {
    return new Admittance(session, rules, listener, routed.identity().user().text());
  }

  private Future<Void> cancel(CancelRequest request) {
    session.login().cancels();
    session.keepPermit();
    // Its end comes on whichever thread.
    Promise<Void> here = session.client().promise();
    new CancelForwarder(services.cancelKeys(), dialer)
        .forward(
            request,
            session.client(),
            session.timeouts().millis(Timeout.CONNECT),
            services.otherMembers())
        .onComplete(here);
    return here.future();
  }
}
