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
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A client's wish to log in, with its parameters in the order and the bytes in which it sent them
 * (PostgreSQL, "StartupMessage"; {@code ProcessStartupPacket}).
 */
public final class StartupMessage implements FirstPacket {
  private static final String PROTOCOL_OPTION = "_pq_.";
  private static final String OPTIONS = "options";
  static final String APPLICATION_NAME = "application_name";

  /** The settings that drivers send by themselves: none makes a login slow. */
  private static final Set<String> HARMLESS =
      Set.of(
          APPLICATION_NAME,
          "client_encoding",
          "datestyle",
          "timezone",
          "extra_float_digits",
          "replication");

  private static final CString NOTHING = CString.of("");

  private record Parameter(String name, CString rawName, CString value) {}

  private final int requestedMinor;
  private final CString user;
  private final CString database;
  private final List<Parameter> settings;
  private final List<CString> protocolOptions;

  private StartupMessage(
      int requestedMinor,
      CString user,
      CString database,
      List<Parameter> settings,
      List<CString> protocolOptions) {
    this.requestedMinor = requestedMinor;
    this.user = user;
    this.database = database;
    this.settings = settings;
    this.protocolOptions = protocolOptions;
  }

  static StartupMessage parse(int code, PacketReader reader) {
    CString user = null;
    CString database = null;
    List<Parameter> settings = new ArrayList<>();
    List<CString> protocolOptions = new ArrayList<>();
    for (Parameter parameter = next(reader); parameter != null; parameter = next(reader)) {
      switch (parameter.name()) {
        case "user" -> user = parameter.value();
        case "database" -> database = parameter.value();
        case "replication" -> {
          Replication.check(parameter.value());
          settings.add(parameter);
        }
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
        code & 0xFFFF, user.asName(), database.asName(), settings, protocolOptions);
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
   * What the client calls itself, cut like a name as PostgreSQL shows it; empty if it does not. The
   * parameter may be written in upper or lower case.
   */
  public CString applicationName() {
    return last(APPLICATION_NAME::equalsIgnoreCase).map(CString::asName).orElse(NOTHING);
  }

  /** Whether the client wants all of the server, and no database: physical replication. */
  public boolean physicalReplication() {
    return replication()
        && last("replication"::equals).filter(kind -> kind.text().equals("database")).isEmpty();
  }

  /** Whether the client wants to speak the replication protocol, physical or logical. */
  public boolean replication() {
    return last("replication"::equals).map(Replication::isOn).orElse(false);
  }

  /**
   * What the client asks of pgplane itself.
   *
   * @throws Failure if pgplane has no such option, or not with this value
   */
  public StartupOptions options() {
    return last(OPTIONS::equals).map(StartupOptions::parse).orElse(StartupOptions.NONE);
  }

  /** Whether it has settings that may keep a server from answering, such as post_auth_delay. */
  public boolean mayDelay() {
    return settings.stream()
        .anyMatch(setting -> !HARMLESS.contains(setting.name().toLowerCase(Locale.ROOT)));
  }

  /** The same user and database, and nothing else. */
  public StartupMessage withoutSettings() {
    return new StartupMessage(requestedMinor, user, database, List.of(), List.of());
  }

  /** Of a parameter that stands twice, the last counts. */
  private Optional<CString> last(Predicate<String> name) {
    CString value = null;
    for (Parameter setting : settings) {
      if (name.test(setting.name())) {
        value = setting.value();
      }
    }
    return Optional.ofNullable(value);
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
    if (!ProtocolVersion.isTooNew(requestedMinor) && protocolOptions.isEmpty()) {
      return Optional.empty();
    }
    PacketWriter writer =
        PacketWriter.message('v').int32(version().code()).int32(protocolOptions.size());
    protocolOptions.forEach(writer::cstring);
    return Optional.of(writer.packet());
  }

  /**
   * The packet for the server: protocol 3.0, these names, and the client's settings as sent, but
   * for the options that are pgplane's.
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

  /** Earlier ones of a name count for nothing, and must not do so because the last is gone. */
  private List<Parameter> settingsForServer(Origin origin) {
    StartupOptions options = options();
    if (!options.own() && origin.equals(Origin.UNTOLD)) {
      return settings;
    }
    List<Parameter> forServer = new ArrayList<>(settings);
    forServer.removeIf(
        setting -> setting.name().equals(OPTIONS) || origin.replaces(setting.name()));
    origin
        .options(options.forServer())
        .ifPresent(rest -> forServer.add(new Parameter(OPTIONS, CString.of(OPTIONS), rest)));
    origin
        .applicationName(last(APPLICATION_NAME::equalsIgnoreCase).orElse(NOTHING))
        .ifPresent(
            name ->
                forServer.add(new Parameter(APPLICATION_NAME, CString.of(APPLICATION_NAME), name)));
    return forServer;
  }

  @Override
  public String toString() {
    return "StartupMessage[user=" + user + ", database=" + database + "]";
  }
}
