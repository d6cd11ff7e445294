package io.pgplane.testkit;

import io.pgplane.testkit.MemberProcess.Place;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Machines that are joined by a switch: network namespaces, which nothing leaves. Clients and
 * PostgreSQL stay where they are; HAProxy, which has a foot in each namespace, leads there, so what
 * becomes of the cables between the members does not touch them.
 */
public final class Machines implements AutoCloseable {
  private static final String SWITCH = "switch";
  private static final String NETWORK = "10.77.0.";
  private static final int FIRST_PORT = 61_000;

  private final List<String> namespaces = new ArrayList<>();
  private final List<Process> holders = new ArrayList<>();
  private final String prefix = "pgplane" + ProcessHandle.current().pid() + "-";
  private final int count;

  private Machines(int count) {
    this.count = count;
  }

  /** Not a single one. */
  public static Machines none() {
    return new Machines(0);
  }

  /** So many; where that is not permitted, the test is skipped. */
  public static Machines of(int count) {
    if (!Haproxy.require().run("-vv").out().contains("+NS")) {
      throw ClientTool.skipped("this haproxy knows no network namespaces");
    }
    Machines machines = new Machines(count);
    ClientTool.Result first = ip("netns", "add", machines.prefix + SWITCH);
    if (first.exit() != 0) {
      throw ClientTool.skipped("network namespaces are not permitted: " + first.err());
    }
    machines.namespaces.add(machines.prefix + SWITCH);
    try {
      machines.build();
      return machines;
    } catch (AssertionError e) {
      machines.close();
      throw e;
    }
  }

  private void build() {
    in(SWITCH, "link", "add", "bridge", "type", "bridge");
    in(SWITCH, "link", "set", "bridge", "up");
    for (int i = 0; i < count; i++) {
      String port = "port" + i;
      ip("netns", "add", machine(i)).succeeded();
      namespaces.add(machine(i));
      in(SWITCH, "link", "add", port, "type", "veth", "peer", "eth0", "netns", machine(i));
      in(SWITCH, "link", "set", port, "master", "bridge", "up");
      in(String.valueOf(i), "address", "add", address(i) + "/24", "dev", "eth0");
      in(String.valueOf(i), "link", "set", "eth0", "up");
      in(String.valueOf(i), "link", "set", "lo", "up");
    }
  }

  /** One on each machine. */
  public List<Place> places() {
    return IntStream.range(0, count)
        .mapToObj(i -> Place.at(address(i), "ip", "netns", "exec", machine(i)))
        .toList();
  }

  /** The ways of clients and operators to the members, and of those to PostgreSQL. */
  public AutoCloseable lead(Path directory, List<MemberProcess> members) throws IOException {
    StringBuilder sections = new StringBuilder();
    List<Integer> ports = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      MemberProcess member = members.get(i);
      for (int port : List.of(member.port(), member.adminPort())) {
        sections.append(section(port, "", " namespace " + machine(i)));
        ports.add(port);
      }
      sections.append(section(member.setup().postgres().port(), " namespace " + machine(i), ""));
    }
    return Haproxy.start(directory, sections.toString(), ports);
  }

  private static String section(int port, String from, String to) {
    return String.format(
        Locale.ROOT,
        "listen %s\n  retries 0\n  bind 127.0.0.1:%d%s\n  server s 127.0.0.1:%d%s\n",
        RealPostgres.uniqueName("way"),
        port,
        from,
        port,
        to);
  }

  /** Pulls a machine's cable: what it sends, and what is sent to it, is lost without a word. */
  public void unplug(int machine) {
    in(SWITCH, "link", "set", "port" + machine, "down");
  }

  /** Puts it in again. */
  public void plugIn(int machine) {
    in(SWITCH, "link", "set", "port" + machine, "up");
  }

  /** Leaves a machine so few ports for each address that it connects to. */
  public void leavePorts(int machine, int count) {
    String range = FIRST_PORT + " " + (FIRST_PORT + count - 1);
    String set = "echo " + range + " > /proc/sys/net/ipv4/ip_local_port_range";
    ip("netns", "exec", machine(machine), "sh", "-c", set).succeeded();
  }

  /** Uses this number of them for the address that leads to PostgreSQL. */
  public void holdPorts(int machine, int port, int count) throws IOException {
    StringBuilder script = new StringBuilder();
    for (int i = 0; i < count; i++) {
      script
          .append("exec ")
          .append(i + 3)
          .append("<>/dev/tcp/127.0.0.1/")
          .append(port)
          .append("; ");
    }
    holders.add(
        new ProcessBuilder(
                "ip", "netns", "exec", machine(machine), "bash", "-c", script + "read -r end")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start());
  }

  /** Uses none of them any more. */
  public void releasePorts() throws InterruptedException {
    for (Process holder : holders) {
      holder.destroy();
      holder.waitFor();
    }
  }

  @Override
  public void close() {
    holders.forEach(Process::destroy);
    namespaces.forEach(namespace -> ip("netns", "del", namespace).succeeded());
    namespaces.clear();
  }

  private static String address(int machine) {
    return NETWORK + (machine + 1);
  }

  private String machine(int number) {
    return prefix + number;
  }

  private void in(String namespace, String... arguments) {
    List<String> all = new ArrayList<>(List.of("-n", prefix + namespace));
    all.addAll(List.of(arguments));
    ip(all.toArray(String[]::new)).succeeded();
  }

  private static ClientTool.Result ip(String... arguments) {
    return ClientTool.require("ip", "iproute2").run(arguments);
  }
}
