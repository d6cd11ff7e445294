package io.pgplane.controlplane.memberport;

import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.EndpointQualifier;
import com.hazelcast.instance.impl.DefaultNodeContext;
import com.hazelcast.instance.impl.DefaultNodeExtension;
import com.hazelcast.instance.impl.HazelcastInstanceFactory;
import com.hazelcast.instance.impl.Node;
import com.hazelcast.instance.impl.NodeExtension;
import com.hazelcast.internal.networking.Channel;
import com.hazelcast.internal.networking.ChannelInitializer;
import com.hazelcast.internal.server.ServerConnection;
import com.hazelcast.internal.server.ServerContext;
import com.hazelcast.internal.util.ByteArrayProcessor;
import io.pgplane.controlplane.memberport.Handshakes.Handshake;
import java.util.Objects;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Hazelcast with TLS on the port for members, which its Community edition does not have. The
 * classes are internal ones of Hazelcast: the place where the Enterprise edition puts its own TLS.
 */
public final class MemberPort {
  private static final int TASK_THREADS = 2;

  private MemberPort() {}

  /** Joins, or begins, the cluster; blocks. */
  public static HazelcastInstance start(Config config, MemberTls tls) {
    return HazelcastInstanceFactory.newHazelcastInstance(
        config, config.getInstanceName(), new Context(tls));
  }

  private static final class Context extends DefaultNodeContext {
    private final MemberTls tls;

    Context(MemberTls tls) {
      this.tls = tls;
    }

    @Override
    public NodeExtension createNodeExtension(Node node) {
      return new Extension(node, tls);
    }
  }

  private static final class Extension extends DefaultNodeExtension {
    private final MemberTls tls;
    private final ScheduledThreadPoolExecutor tasks =
        new ScheduledThreadPoolExecutor(
            TASK_THREADS,
            task -> {
              Thread thread = new Thread(task, "pgplane-member-tls");
              thread.setDaemon(true);
              return thread;
            });
    private final Handshakes handshakes = new Handshakes(tasks);

    Extension(Node node, MemberTls tls) {
      super(node);
      this.tls = tls;
      tasks.setRemoveOnCancelPolicy(true); // else each connection is kept until its deadline
    }

    @Override
    public Function<EndpointQualifier, ChannelInitializer> createChannelInitializerFn(
        ServerContext context) {
      Function<EndpointQualifier, ChannelInitializer> plain =
          super.createChannelInitializerFn(context);
      return qualifier -> channel -> secure(channel, plain.apply(qualifier));
    }

    @Override
    public ByteArrayProcessor createMulticastInputProcessor(ServerContext context) {
      return tls.datagrams().incoming();
    }

    @Override
    public ByteArrayProcessor createMulticastOutputProcessor(ServerContext context) {
      return tls.datagrams().outgoing();
    }

    @Override
    public void afterShutdown() {
      tasks.shutdown();
      super.afterShutdown();
    }

    private void secure(Channel channel, ChannelInitializer plain) throws Exception {
      boolean dialled = channel.isClientMode();
      Consumer<String> close = reason -> connection(channel).close(reason, null);
      Handshake handshake =
          dialled
              ? handshakes.dialled(close)
              : handshakes.accepted(channel.socket().getInetAddress(), close);
      channel.addCloseListener(closed -> handshake.end());
      TlsChannel secured = new TlsChannel(channel, tls.engine(dialled), tasks, handshake);
      channel.inboundPipeline().addLast(new TlsDecoder(secured));
      plain.initChannel(channel);
      channel.outboundPipeline().addLast(new TlsEncoder(secured));
    }

    private static ServerConnection connection(Channel channel) {
      return (ServerConnection)
          Objects.requireNonNull(channel.attributeMap().get(ServerConnection.class));
    }
  }
}
