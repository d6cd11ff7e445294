package io.pgplane.dataplane.limit;

import io.pgplane.observability.LogKey;
import io.pgplane.observability.LogRate;
import io.pgplane.topology.Cidr;
import io.pgplane.topology.ClientSource;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The load balancers of one listener: nobody else is believed about whose connection it is. */
public final class TrustedProxies {
  private static final Logger LOG = LoggerFactory.getLogger(TrustedProxies.class);

  private final String listener;
  private final List<Cidr> trusted;
  private final LogRate rate = new LogRate();
  private final AtomicLong refused = new AtomicLong();

  /**
   * Takes note of the balancers' addresses.
   *
   * @param trusted empty if the listener has no balancers, and clients come by themselves
   */
  public TrustedProxies(String listener, List<Cidr> trusted) {
    this.listener = listener;
    this.trusted = List.copyOf(trusted);
  }

  /** Whether each connection begins with a PROXY header. */
  public boolean required() {
    return !trusted.isEmpty();
  }

  /** Whether a connection from this address may be served. */
  public boolean takes(InetAddress address) {
    if (!required() || trusted.stream().anyMatch(range -> range.contains(address))) {
      return true;
    }
    long count = refused.incrementAndGet();
    if (rate.take(
        "connections that do not come from trustedProxies", ClientSource.of(address).site())) {
      LOG.atWarn()
          .addKeyValue(LogKey.CLIENT, address.getHostAddress())
          .log(
              "listener {} takes connections from its trustedProxies only; {} were closed so far",
              listener,
              count);
    }
    return false;
  }
}
