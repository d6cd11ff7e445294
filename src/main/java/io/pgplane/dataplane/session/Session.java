package io.pgplane.dataplane.session;

import io.pgplane.dataplane.auth.Identity;
import io.pgplane.dataplane.backend.Connection;
import io.pgplane.dataplane.backend.Dialer;
import io.pgplane.dataplane.backend.Target;
import io.pgplane.dataplane.cancel.CancelForwarder;
import io.pgplane.dataplane.limit.Admission;
import io.pgplane.dataplane.relay.Relay;
import io.pgplane.dataplane.relay.RelayObserver;
import io.pgplane.dataplane.route.Destination;
import io.pgplane.dataplane.startup.Opened;
import io.pgplane.dataplane.stream.PgStream;
import io.pgplane.failure.Failure;
import io.pgplane.failure.FailureKind;
import io.pgplane.failure.Failures;
import io.pgplane.observability.Stage;
import io.pgplane.protocol.wire.Authentication;
import io.pgplane.protocol.wire.CancelRequest;
import io.pgplane.protocol.wire.ProtocolVersion;
import io.pgplane.protocol.wire.StartupMessage;
import io.pgplane.topology.Timeout;
import io.pgplane.topology.Timeouts;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one session holds, and the one place where it is answered for the last time and all of it is
 * given back. Confined to the connection's event loop, but for {@link #view} and {@link #part}.
 */
final class Session implements RelayObserver {
  private static final long NONE = -1;

  /** For a client to take what was written by the end of a drain. */
  private static final long LAST_BYTES_MILLIS = 10_000;

  private final SessionServices services;
  private final Context context;
  private final PgStream client;
  private final Dialer dialer;
  private final Admission.Permit permit;
  private final HeldPlaces places = new HeldPlaces();
  private final ServerLeg server = new ServerLeg();
  private final SessionFacts facts;
  private final SessionLog log;
  private final LoginClock login;
  private final Parting parting;
  private final Promise<Void> ended = Promise.promise();
  private final long deadline;
  private Timeouts timeouts;
  private long lastBytes = NONE;
  private boolean ending;

  private @Nullable StartupMessage startup;
  private @Nullable Target target;
  private @Nullable Identity identity;
  private @Nullable CancelRequest cancelKey;
  private @Nullable Relay relay;
  private @Nullable SessionClock clock;

  Session(
      SessionServices services,
      SessionFacts facts,
      Dialer dialer,
      Timeouts timeouts,
      Admission.Permit permit) {
    this.services = services;
    this.dialer = dialer;
    this.timeouts = timeouts;
    this.permit = permit;
    this.context = services.vertx().getOrCreateContext();
    this.client = facts.stream();
    this.facts = facts;
    this.log = new SessionLog(facts, services.logRate());
    this.parting = new Parting(services.vertx(), this::end);
    this.login = new LoginClock(services.meters().logins());
    this.deadline =
        services.vertx().setTimer(timeouts.millis(Timeout.LOGIN), fired -> end(tooLate()));
    services.registry().add(this);
    client.closed().onComplete(closed -> end(null));
    client.onPacket(permit::progress);
    permit.displaced().onComplete(other -> context.runOnContext(now -> end(Failures.displaced())));
  }

  PgStream client() {
    return client;
  }

  /**
   * The client's address is known: from here on it counts among those of its address.
   *
   * @throws Failure if they are too many
   */
  void checkAddress() {
    if (!permit.from(client.remoteIp())) {
      throw Failure.silent(FailureKind.DISCONNECT, "too many clients of its address");
    }
  }

  /** The client has said what it wants: from here on it understands an ErrorResponse. */
  void startup(Opened.Login login) {
    startup = login.startup();
    facts.login(login);
    this.login.enter(Stage.AUTH);
  }

  SessionFacts facts() {
    return facts;
  }

  SessionLog log() {
    return log;
  }

  /** What the stages of the login are told to. */
  LoginClock login() {
    return login;
  }

  /** The client has proved who it is. */
  Identity authenticated(Identity proven) {
    identity = proven;
    keepPermit();
    return proven;
  }

  /** Nothing more is expected of the client before it is logged in. */
  void keepPermit() {
    permit.keep();
  }

  /** The session's route is known, and what it says of time. */
  void route(Destination destination) {
    timeouts = destination.route().timeouts().before(timeouts);
    facts.destination(destination);
    login.enter(Stage.ADMIT);
  }

  Timeouts timeouts() {
    return timeouts;
  }

  /** Whether it is over, though not all of it may be given back yet. */
  boolean isEnding() {
    return ending;
  }

  HeldPlaces places() {
    return places;
  }

  ServerLeg server() {
    return server;
  }

  /** The server has let the client in: from here on the two talk to each other. */
  Future<Void> relay(Connection connection) {
    if (ending) {
      return Future.succeededFuture();
    }
    PgStream loggedIn = connection.stream();
    target = connection.target().at(loggedIn.remoteAddress());
    wipeKeys();
    login.enter(Stage.WELCOME);
    Relay begun = new Relay(client, loggedIn, this);
    relay = begun;
    byte[] ok = Authentication.ok();
    return places.notice().map(notice -> begun.start(ok, notice)).orElseGet(() -> begun.start(ok));
  }

  @Override
  public byte[] backendKeyData(byte[] body) {
    CancelRequest serverKey = CancelRequest.ofBackendKeyData(body);
    ProtocolVersion version = Objects.requireNonNull(startup).version();
    CancelRequest key =
        services.cancelKeys().issue(Objects.requireNonNull(target), serverKey, version);
    cancelKey = key;
    return key.toBackendKeyData();
  }

  @Override
  public void ready() {
    services.vertx().cancelTimer(deadline);
    permit.release();
    boolean mayIdle = Objects.requireNonNull(startup).replication();
    clock =
        new SessionClock(
            services.vertx(), Objects.requireNonNull(relay), timeouts, mayIdle, this::end);
    log.ready();
    login.ready();
  }

  /** How it does now. */
  Future<SessionView> view() {
    Promise<SessionView> promise = Promise.promise();
    context.runOnContext(now -> promise.complete(facts.view(relay, places.isWaiting())));
    return promise.future();
  }

  /**
   * Ends it as soon as it is idle, and in time if the reason hurries; then one that is still
   * logging in, at once.
   *
   * @return completed when it has ended, for whatever reason
   */
  Future<Void> part(Farewell why) {
    context.runOnContext(
        now -> {
          if (why.hurries() && lastBytes == NONE && !ended.future().isComplete()) {
            long most = timeouts.millis(Timeout.DRAIN) + LAST_BYTES_MILLIS;
            lastBytes = services.vertx().setTimer(most, late -> client.abort());
          }
          if (ending) {
            return;
          } else if (relay != null) {
            parting.begin(why, relay, timeouts.millis(Timeout.DRAIN));
          } else if (why.hurries()) {
            end(startup == null ? why.toStranger() : why.toLogin());
          }
        });
    return ended.future();
  }

  /** The last word, and the end of everything; the first call counts. */
  void end(@Nullable Throwable cause) {
    if (ending) {
      return;
    }
    ending = true;
    services.vertx().cancelTimer(deadline);
    parting.stop();
    if (clock != null) {
      clock.stop();
    }
    permit.release();
    Future<Void> cancelled = cancel(cause);
    if (cancelKey != null) {
      services.cancelKeys().revoke(cancelKey);
    }
    wipeKeys();
    // First, as who sees the client's error looks here.
    log.ended(cause);
    login.ended(cause);
    if (relay == null || relay.atBoundary()) {
      LastWord.of(cause).ifPresent(word -> client.write(word));
    }
    if (relay == null) {
      client.close();
    } else {
      client.closeDelivered();
    }
    Future.join(client.closed(), server.end(cause), cancelled)
        .onComplete(
            closed -> {
              services.vertx().cancelTimer(lastBytes);
              // Only now: the server's own place is taken as long as its connection is there.
              places.releaseAll();
              services.registry().remove(this);
              ended.complete();
            });
  }

  /**
   * A server does not notice that its client is gone while it works. What pgplane ends by itself
   * shall not go on there, as it would not if PostgreSQL had ended it.
   */
  private Future<Void> cancel(@Nullable Throwable cause) {
    boolean ours = cause instanceof Failure failure && failure.kind() == FailureKind.LIMIT;
    if (!ours || cancelKey == null || relay == null || relay.idle()) {
      return Future.succeededFuture();
    }
    Promise<Void> here = client.promise();
    new CancelForwarder(services.cancelKeys(), dialer)
        .forward(cancelKey, timeouts.millis(Timeout.CONNECT))
        .onComplete(here);
    return here.future();
  }

  private void wipeKeys() {
    if (identity != null) {
      identity.wipeKeys();
    }
  }

  /** Like PostgreSQL, it sends no error to an unauthenticated client. */
  private Failure tooLate() {
    String log = "login took longer than " + timeouts.millis(Timeout.LOGIN) + " ms";
    if (identity == null) {
      return Failure.silent(FailureKind.LIMIT, log);
    }
    Failure late =
        relay == null ? Failures.loginTooLate(places.isWaiting()) : Failures.notReadyInTime();
    return late.because(log);
  }
}
