package io.pgplane.protocol.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a server is told of where a client comes from, by means of the client's own settings.
 *
 * @param endPoint address and port, appended to the application_name
 * @param setting the name of the setting that gets the address
 * @param address the address alone
 */
public record Origin(Optional<String> endPoint, Optional<String> setting, String address) {
  /** Nothing. */
  public static final Origin UNTOLD = new Origin(Optional.empty(), Optional.empty(), "");

  /** As much as PostgreSQL keeps of an application_name. */
  private static final int MAX_NAME = 63;

  private static final String SEPARATOR = " - ";

  /** The settings that a client may not give another value; its own are left out. */
  List<String> replaced() {
    List<String> names = new ArrayList<>(setting.stream().toList());
    endPoint.ifPresent(end -> names.add(StartupMessage.APPLICATION_NAME));
    return names;
  }

  /** The application_name to send; nothing if the client's own can stay as it is. */
  Optional<CString> applicationName(CString client) {
    return endPoint.map(
        end -> client.isEmpty() ? CString.of(end) : append(client, SEPARATOR + end));
  }

  /** The name is cut, and not what tells the client. */
  private static CString append(CString client, String end) {
    byte[] name = client.bytes();
    byte[] suffix = end.getBytes(US_ASCII);
    ByteArrayOutputStream all = new ByteArrayOutputStream(MAX_NAME);
    all.write(name, 0, Math.min(name.length, Math.max(0, MAX_NAME - suffix.length)));
    all.writeBytes(suffix);
    return new CString(all.toByteArray());
  }

  /** The options to send: the client's, and behind them the setting, since the last one counts. */
  Optional<CString> options(Optional<CString> client) {
    if (setting.isEmpty()) {
      return client;
    }
    String before = client.map(own -> unescaped(new String(own.bytes(), ISO_8859_1))).orElse("");
    String all = before + " -c " + setting.get() + "=" + address;
    return Optional.of(new CString(all.strip().getBytes(ISO_8859_1)));
  }

  /** A backslash at the end would take the next space into the word before it. */
  private static String unescaped(String options) {
    int backslashes = 0;
    while (options.endsWith("\\".repeat(backslashes + 1))) {
      backslashes++;
    }
    return backslashes % 2 == 0 ? options : options.substring(0, options.length() - 1);
  }
}
