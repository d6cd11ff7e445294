# make build && docker build -t pgplane:0.1.0 .
FROM eclipse-temurin:25-jre
# Half of the memory is the heap; the buffers of the sessions are outside of it. The rest is for
# less memory a session: docs/performance.md has the figures.
ENV JAVA_TOOL_OPTIONS="-XX:MaxRAMPercentage=50 -XX:+ExitOnOutOfMemoryError -XX:+UseSerialGC -XX:+UseCompactObjectHeaders"
COPY --chmod=0444 target/pgplane.jar /opt/pgplane/pgplane.jar
COPY --chmod=0555 src/main/scripts/archive-classes /opt/pgplane/archive-classes
RUN install -d -m 0700 -o 10001 -g 10001 /var/lib/pgplane \
 && /opt/pgplane/archive-classes /opt/pgplane/pgplane.jar /opt/pgplane/pgplane.jsa
USER 10001:10001
WORKDIR /var/lib/pgplane
EXPOSE 6432 6480 5701 5721
ENTRYPOINT ["java", "-XX:SharedArchiveFile=/opt/pgplane/pgplane.jsa", "-jar", "/opt/pgplane/pgplane.jar"]
CMD ["run", "--cluster", "--conf", "/etc/pgplane/pgplane.yaml"]
