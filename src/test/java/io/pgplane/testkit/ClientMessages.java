package io.pgplane.testkit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/**
 * Messages that a client could send once it is logged in, in any order that comes to a seed's mind,
 * in bursts. Most lead somewhere: data comes in a COPY, a Bind has its Parse.
 */
public final class ClientMessages {
  private static final List<String> STATEMENTS =
      List.of(
          "COPY t FROM STDIN",
          "COPY t FROM STDIN",
          "COPY t FROM STDIN",
          "COPY t FROM STDIN (FORMAT binary)",
          "COPY fails_first FROM STDIN",
          "COPY v FROM STDIN",
          "COPY t TO STDOUT",
          "SELECT 1",
          "SELECT 1 / (random() * 0)::int",
          "INSERT INTO deferred VALUES (1), (1)",
          "BEGIN",
          "COMMIT",
          "ROLLBACK",
          "no statement",
          "");

  /** Of a simple query alone. */
  private static final List<String> SEVERAL =
      List.of(
          "COPY t FROM STDIN; COPY t FROM STDIN",
          "SELECT 1; COPY t FROM STDIN; SELECT 2",
          "BEGIN; SELECT 1; COPY t FROM STDIN; COMMIT");

  private static final int INT4_ADD = 177;

  private final SplittableRandom random;
  private final List<List<Step>> bursts = new ArrayList<>();
  private boolean parsed;
  private boolean copying;

  /** A message, and how a failing test calls it. */
  public static final class Step {
    private final String name;
    private final byte[] packet;

    Step(String name, byte[] packet) {
      this.name = name;
      this.packet = packet;
    }

    /** Its bytes. */
    public byte[] packet() {
      return packet;
    }

    @Override
    public String toString() {
      return name;
    }
  }

  public ClientMessages(long seed) {
    random = new SplittableRandom(seed);
    int count = 1 + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      bursts.add(burst());
    }
  }

  /** The objects that the statements need. */
  public static void createTables(Endpoint endpoint) throws IOException {
    try (ScriptedClient client = endpoint.connect()) {
      endpoint.login(client);
      client
          .send(
              Packets.query(
                  "CREATE TABLE t (a int);"
                      + "CREATE TABLE deferred (a int UNIQUE DEFERRABLE INITIALLY DEFERRED);"
                      + "CREATE VIEW v AS SELECT 1 AS a;"
                      + "CREATE TABLE fails_first (a int);"
                      + "CREATE FUNCTION fails() RETURNS trigger LANGUAGE plpgsql"
                      + " AS $$BEGIN RAISE 'before the data'; END$$;"
                      + "CREATE TRIGGER fails BEFORE INSERT ON fails_first"
                      + " FOR EACH STATEMENT EXECUTE FUNCTION fails()"))
          .readUntil('Z');
    }
  }

  /** After each, the client waits until nothing moves any more. */
  public List<List<Step>> bursts() {
    return bursts;
  }

  private List<Step> burst() {
    List<Step> steps = new ArrayList<>();
    int count = 1 + random.nextInt(6);
    for (int i = 0; i < count; i++) {
      if (copying && random.nextInt(8) > 0) {
        copyMessage(steps);
      } else if (random.nextInt(3) == 0) {
        simple(steps);
      } else {
        extended(steps);
      }
    }
    return steps;
  }

  private void copyMessage(List<Step> steps) {
    switch (random.nextInt(9)) {
      case 0, 1, 2 -> steps.add(new Step("d", Packets.copyData("1\n")));
      case 3 -> steps.add(new Step("d(bad)", Packets.copyData("bad\n")));
      case 4 -> steps.add(new Step("f", Packets.message('f', Packets.strings("given up"))));
      case 5 -> sync(steps);
      case 6 -> steps.add(new Step("H", Packets.message('H', new byte[0])));
      default -> {
        steps.add(new Step("c", Packets.copyDone()));
        copying = random.nextInt(6) == 0;
        if (random.nextInt(4) > 0) {
          sync(steps);
        }
      }
    }
  }

  private void simple(List<Step> steps) {
    if (random.nextInt(8) == 0) {
      steps.add(new Step("F", Packets.message('F', functionCall(random.nextBoolean()))));
      return;
    }
    String sql = random.nextInt(4) == 0 ? oneOf(SEVERAL) : oneOf(STATEMENTS);
    steps.add(new Step("Q(" + sql + ")", Packets.query(sql)));
    began(sql);
    parsed = false;
  }

  /** Each begins with a Parse, as no other makes the server call itself active. */
  private void extended(List<Step> steps) {
    String sql = oneOf(STATEMENTS);
    if (!parsed || random.nextBoolean()) {
      steps.add(new Step("P(" + sql + ")", Packets.parse(sql)));
      parsed = true;
    }
    switch (random.nextInt(8)) {
      case 0 -> steps.add(new Step("D", Packets.describe('S')));
      case 1 -> steps.add(new Step("C", Packets.message('C', new byte[] {'S', 0})));
      case 2 -> steps.add(new Step("B", Packets.bind()));
      case 3 -> steps.add(new Step("H", Packets.message('H', new byte[0])));
      default -> {
        steps.add(new Step("B", Packets.bind()));
        if (random.nextInt(3) == 0) {
          steps.add(new Step("D", Packets.describe('P')));
        }
        steps.add(new Step("E", Packets.execute()));
        began(sql);
      }
    }
    if (random.nextInt(4) > 0) {
      sync(steps);
    }
  }

  private void sync(List<Step> steps) {
    steps.add(new Step("S", Packets.sync()));
    parsed = false;
  }

  private void began(String sql) {
    copying |= sql.contains("FROM STDIN");
  }

  private String oneOf(List<String> all) {
    return all.get(random.nextInt(all.size()));
  }

  /** 1 + 1 in binary, or of a function that is not there. */
  private static byte[] functionCall(boolean exists) {
    return ByteBuffer.allocate(28)
        .putInt(exists ? INT4_ADD : 1)
        .putShort((short) 1)
        .putShort((short) 1)
        .putShort((short) 2)
        .putInt(4)
        .putInt(1)
        .putInt(4)
        .putInt(1)
        .putShort((short) 1)
        .array();
  }

  @Override
  public String toString() {
    return bursts.stream()
        .map(burst -> burst.stream().map(Step::toString).collect(Collectors.joining(" ")))
        .collect(Collectors.joining(" | "));
  }
}
