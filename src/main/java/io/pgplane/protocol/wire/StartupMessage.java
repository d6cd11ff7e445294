package io.pgplane.protocol.wire;

import io.pgplane.failure.ErrorReport;
import io.pgplane.failure.Failure;
import io.pgplane.failure.FailureKind;
import io.pgplane.failure.Failures;
import io.pgplane.failure.SqlState;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A client's wish to log in. Parameters that it sent twice count as in PostgreSQL ({@code
 * ProcessStartupPacket}): the last one of most names, all of {@link Replication}, and of settings
 * each in its turn. The server gets what was read here, so both decide on the same login.
 */
public final class StartupMessage implements FirstPacket {
  private static final String PROTOCOL_OPTION = "_pq_.";
  private static final String OPTIONS = "options";
  private static final String REPLICATION = "replication";
  static final String APPLICATION_NAME = "application_name";

  /** The settings that drivers send by themselves: none makes a login slow. */
  private static final Set<String> HARMLESS =
      Set.of(APPLICATION_NAME, "client_encoding", "datestyle", "timezone", "extra_float_digits");

  private static final CString NOTHING = CString.of("");

  private record Parameter(String name, CString rawName, CString value) {
    Parameter(String name, CString value) {
      this(name, CString.of(name), value);
    }

    /** PostgreSQL ignores the case of ASCII letters in a setting's name, and of no others. */
    boolean sets(String setting) {
      return name.equalsIgnoreCase(setting) && name.chars().allMatch(c -> c < 128);
    }
  }

  /**
   * Whatever is neither a user nor a database.
   *
   * @param settings in the client's order
   */
  private record Rest(
      Replication replication,
      Optional<CString> options,
      List<Parameter> settings,
      List<CString> protocolOptions) {}

  private final int requestedMinor;
  private final CString user;
  private final CString database;
  private final Rest rest;

  private StartupMessage(int requestedMinor, CString user, CString database, Rest rest) {
    this.requestedMinor = requestedMinor;
    this.user = user;
    this.database = database;
    this.rest = rest;
  }

  static StartupMessage parse(int code, PacketReader reader) {
    CString user = null;
    CString database = null;
    CString options = null;
    Replication replication = Replication.NONE;
    List<Parameter> settings = new ArrayList<>();
    List<CString> protocolOptions = new ArrayList<>();
    for (Parameter parameter = next(reader); parameter != null; parameter = next(reader)) {
      switch (parameter.name()) {
        case "user" -> user = parameter.value();
        case "database" -> database = parameter.value();
        case OPTIONS -> options = parameter.value();
        case REPLICATION -> replication = replication.then(parameter.value());
        default -> {
          if (parameter.name().startsWith(PROTOCOL_OPTION)) {
            protocolOptions.add(parameter.rawName());
          } else {
            settings.add(parameter);
          }
        }
      }
    }
    if (user == null || user.isEmpty()) {
      throw Failure.told(
          FailureKind.CLIENT,
          new ErrorReport(
              SqlState.INVALID_AUTHORIZATION_SPECIFICATION,
              "no PostgreSQL user name specified in startup packet"));
    }
    if (database == null || database.isEmpty()) {
      database = user;
    }
    return new StartupMessage(
        code & 0xFFFF,
        user.asName(),
        database.asName(),
        new Rest(replication, Optional.ofNullable(options), settings, protocolOptions));
  }

  private static @Nullable Parameter next(PacketReader reader) {
    try {
      CString name = reader.cstring();
      if (!name.isEmpty()) {
        return new Parameter(name.text(), name, reader.cstring());
      }
      reader.end();
      return null;
    } catch (Failure e) {
      throw Failures.protocolViolation(
          "invalid startup packet layout: expected terminator as last byte");
    }
  }

  /** Cut to the 63 bytes that PostgreSQL keeps of a name. */
  public CString user() {
    return user;
  }

  /** The user's name if the client named none; cut like the user's. */
  public CString database() {
    return database;
  }

  /**
   * What the client calls itself, cut like a name as PostgreSQL shows it; empty if it does not. A
   * parameter of its own counts before one in the options.
   */
  public CString applicationName() {
    return wholeApplicationName().asName();
  }

  private CString wholeApplicationName() {
    CString name = null;
    for (Parameter setting : rest.settings()) {
      if (setting.sets(APPLICATION_NAME)) {
        name = setting.value();
      }
    }
    return Optional.ofNullable(name)
        .or(() -> rest.options().flatMap(some -> StartupOptions.find(some, APPLICATION_NAME)))
        .orElse(NOTHING);
  }

  /** Whether the client wants all of the server, and no database: physical replication. */
  public boolean physicalReplication() {
    return rest.replication().isPhysical();
  }

  /** Whether the client wants to speak the replication protocol, physical or logical. */
  public boolean replication() {
    return rest.replication().on();
  }

  /**
   * What the client asks of pgplane itself.
   *
   * @throws Failure if pgplane has no such option, or not with this value
   */
  public StartupOptions options() {
    return rest.options().map(StartupOptions::parse).orElse(StartupOptions.NONE);
  }

  /** Whether it has settings that may keep a server from answering, such as post_auth_delay. */
  public boolean mayDelay() {
    return rest.options().isPresent()
        || rest.settings().stream()
            .anyMatch(setting -> !HARMLESS.contains(setting.name().toLowerCase(Locale.ROOT)));
  }

  /** The same user and database, and nothing else. */
  public StartupMessage withoutSettings() {
    return new StartupMessage(
        requestedMinor,
        user,
        database,
        new Rest(Replication.NONE, Optional.empty(), List.of(), List.of()));
  }

  /** The version that is spoken with the client. */
  public ProtocolVersion version() {
    return ProtocolVersion.spoken(requestedMinor);
  }

  /**
   * The NegotiateProtocolVersion that must come before anything else: there if the client asked for
   * a newer version than we speak, or for options, of which we know none.
   */
  public Optional<byte[]> negotiation() {
    List<CString> unknown = rest.protocolOptions();
    if (!ProtocolVersion.isTooNew(requestedMinor) && unknown.isEmpty()) {
      return Optional.empty();
    }
    PacketWriter writer = PacketWriter.message('v').int32(version().code()).int32(unknown.size());
    unknown.forEach(writer::cstring);
    return Optional.of(writer.packet());
  }

  /**
   * The packet for the server: protocol 3.0, these names, each once, and the client's settings in
   * its order, but for the options that are pgplane's.
   *
   * @param origin what the server is told of where the client comes from
   * @throws Failure if it is longer than PostgreSQL takes: what pgplane adds counts too
   */
  public byte[] toPacket(CString asUser, CString atDatabase, Origin origin) {
    PacketWriter writer = PacketWriter.untyped().int32(ProtocolVersion.OLDEST.code());
    writer.cstring("user").cstring(asUser);
    if (!atDatabase.text().equals(asUser.text())) {
      // Left out where it goes without saying: a packet may not become longer than it may be.
      writer.cstring("database").cstring(atDatabase);
    }
    for (Parameter setting : settingsForServer(origin)) {
      writer.cstring(setting.rawName()).cstring(setting.value());
    }
    byte[] packet = writer.int8(0).packet();
    int body = packet.length - Integer.BYTES;
    if (body > MAX_BODY) {
      throw Failure.told(
          FailureKind.CLIENT,
          new ErrorReport(
                  SqlState.PROGRAM_LIMIT_EXCEEDED,
                  "startup packet for the database server is too long: " + body + " bytes",
                  "PostgreSQL takes "
                      + MAX_BODY
                      + " bytes. The names and the client address that the"
                      + " route of pgplane adds count too.")
              .withHint("Send fewer or shorter settings."));
    }
    return packet;
  }

  private List<Parameter> settingsForServer(Origin origin) {
    List<Parameter> forServer = new ArrayList<>();
    rest.replication()
        .forServer()
        .ifPresent(kind -> forServer.add(new Parameter(REPLICATION, CString.of(kind))));
    origin
        .options(options().forServer())
        .ifPresent(options -> forServer.add(new Parameter(OPTIONS, options)));
    for (Parameter setting : rest.settings()) {
      if (origin.replaced().stream().noneMatch(setting::sets)) {
        forServer.add(setting);
      }
    }
    origin
        .applicationName(wholeApplicationName())
        .ifPresent(name -> forServer.add(new Parameter(APPLICATION_NAME, name)));
    return forServer;
  }

  @Override
  public String toString() {
    return "StartupMessage[user=" + user + ", database=" + database + "]";
  }
}
