package io.pgplane.dataplane.stream;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoOps;
import io.vertx.core.internal.VertxBootstrap;
import io.vertx.core.spi.VertxServiceProvider;
import io.vertx.core.spi.transport.Transport;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/**
 * Keeps a socket that waits for no event registered with epoll.
 *
 * <p>Netty 4.2.18 to 4.2.20 remove such a socket from epoll (their change for CVE-2026-42577), but
 * do not add it again: the next read fails with ENOENT, and the socket is closed with unread bytes.
 * A socket waits for no event when the client has sent a FIN and reading is paused. Here it stays
 * in epoll, edge-triggered: a reset is reported once, and the event loop does not spin.
 *
 * <p>Vert.x loads this class as a service. Remove it when {@code EpollWorkaroundTest} says that
 * Netty adds the socket again.
 */
public final class EpollWorkaround implements VertxServiceProvider {
  @Override
  public void init(VertxBootstrap bootstrap) {
    Transport transport = bootstrap.transport();
    if (isEpoll(transport)) {
      bootstrap.transport(around(transport));
    }
  }

  private static boolean isEpoll(Transport transport) {
    io.vertx.core.transport.Transport epoll = io.vertx.core.transport.Transport.EPOLL;
    return epoll != null && epoll.implementation().getClass() == transport.getClass();
  }

  private static Transport around(Transport epoll) {
    return proxy(
        Transport.class,
        (proxy, method, arguments) ->
            switch (method.getName()) {
              case "ioHandlerFactory" -> around(epoll.ioHandlerFactory());
              // It asks the transport that it is called on for the factory.
              case "eventLoopGroup" -> InvocationHandler.invokeDefault(proxy, method, arguments);
              default -> invoke(epoll, method, arguments);
            });
  }

  static IoHandlerFactory around(IoHandlerFactory epoll) {
    return executor -> new Handler(epoll.newHandler(executor));
  }

  private record Handler(IoHandler epoll) implements IoHandler {
    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
      return around(epoll.register(handle));
    }

    @Override
    public int run(IoHandlerContext context) {
      return epoll.run(context);
    }

    @Override
    public void initialize() {
      epoll.initialize();
    }

    @Override
    public void prepareToDestroy() {
      epoll.prepareToDestroy();
    }

    @Override
    public void destroy() {
      epoll.destroy();
    }

    @Override
    public void wakeup() {
      epoll.wakeup();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> type) {
      return epoll.isCompatible(type);
    }
  }

  private static IoRegistration around(IoRegistration epoll) {
    return proxy(
        IoRegistration.class,
        (proxy, method, arguments) ->
            method.getName().equals("submit") && EpollIoOps.NONE.equals(arguments[0])
                ? epoll.submit(EpollIoOps.EPOLLET)
                : invoke(epoll, method, arguments));
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }

  private static Object invoke(Object target, Method method, Object... arguments) throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
