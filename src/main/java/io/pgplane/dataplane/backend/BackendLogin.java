package io.pgplane.dataplane.backend;

import io.pgplane.dataplane.auth.Identity;
import io.pgplane.dataplane.stream.PgStream;
import io.pgplane.failure.ErrorReport;
import io.pgplane.failure.Failure;
import io.pgplane.failure.FailureKind;
import io.pgplane.failure.Failures;
import io.pgplane.failure.Fault;
import io.pgplane.failure.SqlState;
import io.pgplane.protocol.scram.ScramClient;
import io.pgplane.protocol.scram.ScramKeys;
import io.pgplane.protocol.wire.Authentication;
import io.pgplane.protocol.wire.Message;
import io.pgplane.protocol.wire.Packets;
import io.pgplane.topology.Server;
import io.pgplane.topology.ServerLogin;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Logs in at one server, up to its AuthenticationOk (PostgreSQL, "Start-up"). What route and
 * backend say is what is done: a server that asks for something else, or for nothing, is not logged
 * in to ({@link RequiredAuth}).
 */
public final class BackendLogin {
  /** PostgreSQL needs four; a server that goes on and on holds nobody until the deadline. */
  private static final int MAX_MESSAGES = 100;

  private static final int MD5_SALT = 4;

  private final Vertx vertx;
  private final SecureRandom random;
  private final Connection connection;
  private final PgStream server;
  private final ServerLogin login;
  private final Identity identity;
  private final RequiredAuth required;

  private @Nullable Message first;
  private @Nullable ScramClient scram;
  private int messages;
  private boolean heard;
  private boolean asked;
  private boolean challenged;
  private boolean proved;

  /**
   * Begins over a new connection.
   *
   * @param identity the client for whom it is
   */
  public BackendLogin(
      Vertx vertx,
      SecureRandom random,
      Connection connection,
      ServerLogin login,
      Identity identity) {
    this.vertx = vertx;
    this.random = random;
    this.connection = connection;
    this.server = connection.stream();
    this.login = login;
    this.identity = identity;
    this.required = new RequiredAuth(connection, login);
  }

  /**
   * Sends the startup packet and answers what the server asks.
   *
   * @return once AuthenticationOk was taken; fails with the server's own FATAL as a {@link
   *     ServerRefusal}, or with a {@link Failure}
   */
  public Future<Void> run(byte[] startupPacket) {
    return begin(startupPacket).compose(begun -> finish());
  }

  /**
   * Sends the startup packet and takes the server's first answer, unless the client can delay it: a
   * server that asks for nothing holds its AuthenticationOk back up to its ReadyForQuery
   * (post_auth_delay).
   */
  public Future<Void> begin(byte[] startupPacket) {
    server.write(startupPacket);
    boolean asks =
        login instanceof ServerLogin.Passthrough || login instanceof ServerLogin.Password;
    return asks
        ? next().<Void>map(this::keep).recover(e -> Future.failedFuture(theirs(e)))
        : Future.succeededFuture();
  }

  /** The rest of {@link #run}. */
  public Future<Void> finish() {
    Future<Message> begun = first == null ? next() : Future.succeededFuture(first);
    return begun.compose(this::answer).recover(e -> Future.failedFuture(theirs(e)));
  }

  private @Nullable Void keep(Message answer) {
    first = answer;
    return null;
  }

  /** The connection that it logs in over. */
  public Connection connection() {
    return connection;
  }

  /** Whether the server has said anything to the startup packet. */
  public boolean answered() {
    return heard;
  }

  /** What breaks the protocol here is the server's, and not for the client to read. */
  private Throwable theirs(Throwable e) {
    return e instanceof Failure failure && failure.kind() == FailureKind.CLIENT
        ? Failures.serverLogin(where() + failure.getMessage())
        : e;
  }

  private Future<Void> goOn() {
    return next().compose(this::answer);
  }

  /** Notices before the login have no reader, and we asked for no newer protocol. */
  private Future<Message> next() {
    if (++messages > MAX_MESSAGES) {
      return broken("talks on without coming to an end of the login");
    }
    return server
        .message(ServerRule.INSTANCE)
        .compose(
            message -> {
              heard = true;
              return message.type() == 'R' || message.type() == 'E'
                  ? Future.succeededFuture(message)
                  : next();
            });
  }

  private Future<Void> answer(Message message) {
    return message.type() == 'R'
        ? authenticate(Authentication.parse(message.body()))
        : Future.failedFuture(refusal(ServerRefusal.of(server(), connection.encrypted(), message)));
  }

  private Future<Void> authenticate(Authentication request) {
    boolean over = proved && request.code() == Authentication.OK;
    Optional<String> objection = over ? Optional.empty() : required.objection(request);
    if (objection.isPresent()) {
      return notAllowed(objection.get());
    }
    return switch (request.code()) {
      case Authentication.OK -> Future.succeededFuture();
      case Authentication.SASL_CONTINUE -> saslContinue(request.data());
      case Authentication.SASL_FINAL -> saslFinal(request.data());
      default -> begin(request);
    };
  }

  /** Once: who answers again and again gives more away each time. */
  private Future<Void> begin(Authentication request) {
    if (asked) {
      return broken("asks for a second authentication, method " + request.code());
    }
    asked = true;
    return login instanceof ServerLogin.Password own && request.code() != Authentication.SASL
        ? password(own, request)
        : saslBegin(request.mechanisms());
  }

  /** The password itself, or its md5. */
  private Future<Void> password(ServerLogin.Password own, Authentication request) {
    byte[] salt = request.data();
    boolean clear = request.code() == Authentication.CLEARTEXT_PASSWORD;
    if (clear && !connection.verified()) {
      return otherLogin(
          "asks for a cleartext password; it is only sent over TLS that is verified"
              + " (tls.mode: verify-ca or verify-full)");
    } else if (!clear && salt.length != MD5_SALT) {
      return broken("asks for an md5 password with a salt of " + salt.length + " bytes");
    }
    server.write(Packets.password(clear ? own.password() : Md5.answer(own, salt)));
    proved = true;
    return goOn();
  }

  private Future<Void> saslBegin(List<String> mechanisms) {
    Optional<String> objection = required.objection(mechanisms);
    if (objection.isPresent()) {
      return notAllowed(objection.get());
    }
    ScramClient exchange = new ScramClient(mechanisms, required.endPoint(), random);
    scram = exchange;
    server.write(Packets.saslInitialResponse(exchange.mechanism(), exchange.first()));
    return goOn();
  }

  private Future<Void> saslContinue(byte[] data) {
    ScramClient exchange = scram;
    if (exchange == null || challenged) {
      return broken("continued SASL out of turn");
    }
    challenged = true;
    ScramClient.Challenge challenge = exchange.challenge(data);
    return keysFor(challenge)
        .compose(
            keys -> {
              server.write(Packets.saslResponse(exchange.last(keys)));
              return goOn();
            });
  }

  private Future<ScramKeys> keysFor(ScramClient.Challenge challenge) {
    if (login instanceof ServerLogin.Password password) {
      // PBKDF2 takes milliseconds: too long for an event loop.
      return vertx.executeBlocking(
          () -> challenge.keysOf(password.password().toCharArray()), false);
    }
    if (!(identity instanceof Identity.Scram client)) {
      return otherLogin(
          "asks for a password; the client has logged in by certificate, which cannot be passed"
              + " through: the route needs a login of its own");
    }
    return challenge.isOf(client.verifier())
        ? Future.succeededFuture(client.keys())
        : Future.failedFuture(outOfStep("salt or iterations differ"));
  }

  private Future<Void> saslFinal(byte[] data) {
    if (proved || scram == null || !scram.confirms(data)) {
      return broken("could not prove that it knows the verifier (wrong server signature)");
    }
    proved = true;
    return goOn();
  }

  /** What the server says of a password that is not the client's is not for the client. */
  private RuntimeException refusal(RuntimeException said) {
    boolean ourPassword =
        said instanceof ServerRefusal refusal
            && refusal.sqlState().equals(SqlState.INVALID_PASSWORD)
            && !(login instanceof ServerLogin.Trust);
    if (!ourPassword) {
      return said;
    }
    // The proof fits the salt: it is the client's account, such as one past its VALID UNTIL.
    return login instanceof ServerLogin.Passthrough
        ? outOfStep("the server refuses the proof").blaming(Fault.CLIENT)
        : Failures.misconfigured(where() + "refuses the password of the route's service user");
  }

  private Failure outOfStep(String how) {
    String user = identity.user().text();
    return Failure.told(
            FailureKind.BACKEND,
            new ErrorReport(
                SqlState.INVALID_AUTHORIZATION_SPECIFICATION,
                "the database server holds another password verifier for user \""
                    + user
                    + "\" than pgplane",
                "Pass-through needs the same verifier in both places: copy rolpassword of"
                    + " pg_authid to pgplane."))
        .blaming(Fault.CONFIGURATION)
        .because(where() + "verifiers of user \"" + user + "\" are out of step: " + how);
  }

  /** The server breaks the protocol, or is an impostor. */
  private <T> Future<T> broken(String what) {
    return Future.failedFuture(Failures.serverLogin(where() + what));
  }

  /** The server asks for another login than the route has. */
  private <T> Future<T> otherLogin(String what) {
    return Future.failedFuture(Failures.misconfigured(where() + what));
  }

  /** The server asks for what the backend, or the login, does not let it ask for. */
  private <T> Future<T> notAllowed(String objection) {
    return Future.failedFuture(
        Failures.misconfigured(
            where() + objection + " (see requireAuth and channelBinding)", objection));
  }

  private Server server() {
    return connection.target().server();
  }

  private String where() {
    return server() + ": ";
  }
}
