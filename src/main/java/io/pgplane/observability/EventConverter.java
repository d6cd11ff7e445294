package io.pgplane.observability;

import ch.qos.logback.classic.pattern.ClassicConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import org.slf4j.event.KeyValuePair;

/**
 * Message, pairs and stack trace of an event as one line: breaks become {@code |}, and characters
 * that a terminal would obey become question marks. Looks at each character once.
 */
public final class EventConverter extends ClassicConverter {

  @Override
  public String convert(ILoggingEvent event) {
    Line line = new Line();
    line.add(String.valueOf(event.getFormattedMessage()));
    if (event.getKeyValuePairs() != null) {
      for (KeyValuePair pair : event.getKeyValuePairs()) {
        line.add(" " + pair.key + "=\"");
        line.addQuoted(String.valueOf(pair.value));
        line.add("\"");
      }
    }
    IThrowableProxy thrown = event.getThrowableProxy();
    if (thrown != null) {
      line.add("\n");
      line.add(ThrowableProxyUtil.asString(thrown));
    }
    return line.toString();
  }

  private static final class Line {
    private final StringBuilder text = new StringBuilder();

    /** Blanks whose end has not come yet. */
    private final StringBuilder blanks = new StringBuilder();

    private boolean broken;

    void add(String more) {
      more.codePoints().forEach(this::add);
    }

    /** A quote within quotes would forge another pair. */
    void addQuoted(String more) {
      more.codePoints()
          .forEach(
              c -> {
                if (c == '"' || c == '\\') {
                  add('\\');
                }
                add(c);
              });
    }

    private void add(int c) {
      if (c == '\n' || c == '\r') {
        broken = true;
      } else if (c == ' ' || c == '\t') {
        blanks.append(' ');
      } else {
        text.append(broken ? text.isEmpty() ? "" : " | " : blanks);
        blanks.setLength(0);
        broken = false;
        text.appendCodePoint(LogKey.isPrintable(c) ? c : '?');
      }
    }

    /** Blanks and breaks at the end are left out. */
    @Override
    public String toString() {
      return text.toString();
    }
  }
}
