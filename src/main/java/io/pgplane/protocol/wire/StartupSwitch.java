package io.pgplane.protocol.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One switch of the startup parameter {@code options}, as {@code pg_split_opts}, {@code getopt} and
 * {@code ParseLongOption} find it. Texts hold a byte in each char.
 *
 * @param letter as in {@code -c}; {@code -} for a switch with two dashes
 * @param argument what goes with it; empty for a switch that stands alone
 * @param start where its text begins
 * @param end where the text goes on once it is taken out
 */
record StartupSwitch(char letter, String argument, int start, int end) {
  private static final String SPACE = " \t\n\u000b\f\r";
  private static final String WITH_ARGUMENT = "BCcDdfhkNprStvW-";
  private static final String ALONE = "bEeFijlnOPsT";

  /** A word without its backslashes, and where each of its chars, then its end, was. */
  private record Word(String text, List<Integer> places) {
    int start() {
      return places.get(0);
    }

    int end() {
      return places.get(text.length());
    }
  }

  /** Up to the first that PostgreSQL will refuse. */
  static List<StartupSwitch> split(String options) {
    List<Word> words = words(options);
    List<StartupSwitch> switches = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      Word word = words.get(i);
      String text = word.text();
      if (text.length() < 2 || text.charAt(0) != '-' || text.equals("--")) {
        break;
      }
      int at = 1;
      while (at < text.length() && ALONE.indexOf(text.charAt(at)) >= 0) {
        at++;
      }
      if (at == text.length()) {
        continue;
      }
      boolean inNext = at + 1 == text.length();
      if (WITH_ARGUMENT.indexOf(text.charAt(at)) < 0 || (inNext && i + 1 == words.size())) {
        break;
      }
      i += inNext ? 1 : 0;
      String argument = inNext ? words.get(i).text() : text.substring(at + 1);
      // A switch that shares its word with others leaves those, and the space behind them.
      boolean wholeWord = at == 1;
      int start = wholeWord ? word.start() : word.places().get(at);
      int end = wholeWord ? afterSpace(options, words.get(i).end()) : words.get(i).end();
      switches.add(new StartupSwitch(text.charAt(at), argument, start, end));
    }
    return switches;
  }

  /** Whether it sets a parameter: {@code -c name=value} or {@code --name=value}. */
  boolean isSetting() {
    return letter == 'c' || letter == '-';
  }

  /** Of the parameter that it sets; a dash in it is an underscore. */
  String name() {
    int equals = argument.indexOf('=');
    return (equals < 0 ? argument : argument.substring(0, equals)).replace('-', '_');
  }

  /** Of the parameter that it sets; nothing without an equals sign. */
  Optional<String> value() {
    int equals = argument.indexOf('=');
    return equals < 0 ? Optional.empty() : Optional.of(argument.substring(equals + 1));
  }

  /** Whether there is nothing in a text that a word could be made of. */
  static boolean isBlank(String options) {
    return afterSpace(options, 0) == options.length();
  }

  private static List<Word> words(String options) {
    List<Word> words = new ArrayList<>();
    int at = afterSpace(options, 0);
    while (at < options.length()) {
      StringBuilder text = new StringBuilder();
      List<Integer> places = new ArrayList<>();
      int end = at;
      while (end < options.length() && SPACE.indexOf(options.charAt(end)) < 0) {
        places.add(end);
        end += options.charAt(end) == '\\' ? 1 : 0;
        if (end < options.length()) {
          text.append(options.charAt(end));
          end++;
        }
      }
      // A backslash at the very end stands for nothing, so it has a place but no char.
      while (places.size() > text.length()) {
        places.remove(places.size() - 1);
      }
      places.add(end);
      words.add(new Word(text.toString(), places));
      at = afterSpace(options, end);
    }
    return words;
  }

  private static int afterSpace(String options, int from) {
    int at = from;
    while (at < options.length() && SPACE.indexOf(options.charAt(at)) >= 0) {
      at++;
    }
    return at;
  }
}
