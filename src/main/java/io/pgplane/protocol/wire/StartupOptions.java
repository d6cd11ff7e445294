package io.pgplane.protocol.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.pgplane.failure.ErrorReport;
import io.pgplane.failure.Failure;
import io.pgplane.failure.FailureKind;
import io.pgplane.failure.SqlState;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a client asks of pgplane in the startup parameter {@code options}, as in {@code -c
 * pgplane.route=NAME}: read as PostgreSQL would read it ({@code process_postgres_switches}), and
 * taken out of it.
 *
 * @param route the name of the route to take
 * @param targetSessionAttrs the kind of server wanted, one of libpq's words
 * @param own whether any option was pgplane's
 * @param forServer the other options, byte for byte; nothing if there are none
 */
public record StartupOptions(
    Optional<String> route,
    Optional<String> targetSessionAttrs,
    boolean own,
    Optional<CString> forServer) {
  static final StartupOptions NONE =
      new StartupOptions(Optional.empty(), Optional.empty(), false, Optional.empty());

  private static final String PREFIX = "pgplane.";
  private static final List<String> ROLES =
      List.of("any", "read-write", "read-only", "primary", "standby", "prefer-standby");

  /**
   * Reads the parameter's value. Where PostgreSQL would stop reading and refuse it, so does this,
   * and leaves the refusal to PostgreSQL.
   *
   * @throws Failure if pgplane has no such option, or not with this value
   */
  static StartupOptions parse(CString options) {
    String text = new String(options.bytes(), ISO_8859_1);
    StartupOptions read = new StartupOptions(NONE.route, NONE.route, false, Optional.of(options));
    StringBuilder rest = new StringBuilder();
    int kept = 0;
    for (StartupSwitch one : StartupSwitch.split(text)) {
      String name = one.name().toLowerCase(Locale.ROOT);
      if (one.isSetting() && name.startsWith(PREFIX)) {
        read = read.with(name.substring(PREFIX.length()), one);
        rest.append(text, kept, one.start());
        kept = one.end();
      }
    }
    String left = rest.append(text.substring(kept)).toString();
    return read.own ? read.leaving(left) : read;
  }

  /** The value that these options give a setting: the last counts. */
  static Optional<CString> find(CString options, String setting) {
    Optional<String> value = Optional.empty();
    for (StartupSwitch one : StartupSwitch.split(new String(options.bytes(), ISO_8859_1))) {
      if (one.isSetting() && one.name().toLowerCase(Locale.ROOT).equals(setting)) {
        value = one.value();
      }
    }
    return value.map(text -> new CString(text.getBytes(ISO_8859_1)));
  }

  private StartupOptions with(String name, StartupSwitch one) {
    return switch (name) {
      case "route" ->
          new StartupOptions(Optional.of(value(one)), targetSessionAttrs, true, forServer);
      case "target_session_attrs" ->
          new StartupOptions(route, Optional.of(role(one)), true, forServer);
      default ->
          throw refused(
              SqlState.UNDEFINED_OBJECT,
              "unrecognized configuration parameter \"" + utf8(one.name()) + "\"");
    };
  }

  private StartupOptions leaving(String rest) {
    Optional<CString> left =
        StartupSwitch.isBlank(rest)
            ? Optional.empty()
            : Optional.of(new CString(rest.getBytes(ISO_8859_1)));
    return new StartupOptions(route, targetSessionAttrs, true, left);
  }

  private static String value(StartupSwitch one) {
    return utf8(
        one.value()
            .orElseThrow(
                () ->
                    refused(
                        SqlState.SYNTAX_ERROR,
                        (one.letter() == 'c' ? "-c " : "--")
                            + utf8(one.name())
                            + " requires a value")));
  }

  private static String role(StartupSwitch one) {
    String value = value(one);
    if (!ROLES.contains(value)) {
      throw Failure.told(
          FailureKind.CLIENT,
          new ErrorReport(
                  SqlState.INVALID_PARAMETER_VALUE,
                  "invalid value for parameter \"" + utf8(one.name()) + "\": \"" + value + "\"")
              .withHint("Available values: " + String.join(", ", ROLES) + "."));
    }
    return value;
  }

  private static String utf8(String bytes) {
    return new CString(bytes.getBytes(ISO_8859_1)).text();
  }

  private static Failure refused(String sqlState, String message) {
    return Failure.told(FailureKind.CLIENT, new ErrorReport(sqlState, message));
  }
}
