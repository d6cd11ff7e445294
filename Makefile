# `make run` and `make test` need a JDK 17 or later, Maven and make; nothing else.
MVN ?= mvn
MVN_FLAGS ?= -B -ntp
PORT ?= 6432
FUZZ_SECONDS ?= 60
BENCH ?= io.pgplane
SCALE ?=
SUITES ?=
BACKENDS ?= 100 2000
RELOADS ?= 2000
# As in the image, in a pod of 1 GiB; a JVM before 25 has no compact headers.
BENCH_JAVA ?= -Xmx512m -XX:+UseSerialGC -XX:+IgnoreUnrecognizedVMOptions -XX:+UseCompactObjectHeaders

# The tests' own programs, off Maven.
TEST_JAVA = java -cp "target/test-classes:target/classes:$$(cat target/test-classpath.txt)"

.PHONY: help build archive test test-tools run fuzz bench bench-micro bench-scale soak pg-suites jdbc-suite timing audit format lint reference check-tools clean

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 18

check-tools:
	@command -v java >/dev/null || { echo "java is missing; install it: apt-get install openjdk-17-jdk-headless"; exit 1; }
	@command -v javac >/dev/null || { echo "javac is missing (a JRE is not enough); install it: apt-get install openjdk-17-jdk-headless"; exit 1; }
	@command -v $(MVN) >/dev/null || { echo "mvn is missing; install it: apt-get install maven"; exit 1; }

build: check-tools ## target/pgplane.jar, without running the tests
	$(MVN) $(MVN_FLAGS) -DskipTests package

test: check-tools ## everything CI runs: the gates, the unit tests, the tests against real PostgreSQL
	$(MVN) $(MVN_FLAGS) verify

test-tools: ## install the programs that tests are skipped without (Debian, as root)
	src/main/scripts/install-test-tools

run: check-tools ## a real PostgreSQL with a demo user, pgplane in front of it on port 6432
	@$(MVN) $(MVN_FLAGS) -q -DskipTests package
	@exec $(TEST_JAVA) \
	  -Dpgplane.jar=target/pgplane.jar -Dpgplane.postgres.dir=target/postgres \
	  -Dpgplane.demo.port=$(PORT) io.pgplane.testkit.Demo

fuzz: check-tools ## every fuzzer, one after the other, each for FUZZ_SECONDS (60)
	@$(MVN) $(MVN_FLAGS) -q test-compile
	@for test in $$(cd src/test/java && find io -name '*FuzzTest.java' | sort); do \
	  echo "fuzzing $$test"; \
	  $(TEST_JAVA) com.code_intelligence.jazzer.Jazzer --max_duration=$(FUZZ_SECONDS)s \
	    --target_class=$$(echo $${test%.java} | tr / .) || exit 1; \
	done

bench-micro: check-tools ## nanoseconds and bytes of parsers, SCRAM, message tracking, routes and servers (JMH); BENCH= chooses by name
	@$(MVN) $(MVN_FLAGS) -q test-compile
	@exec $(TEST_JAVA) org.openjdk.jmh.Main -f 1 -tu ns -wi 5 -w 1 -i 5 -r 1 -prof gc '$(BENCH)'

archive: build ## target/pgplane.jsa: the same java starts the jar in less time with -XX:SharedArchiveFile=target/pgplane.jsa
	src/main/scripts/archive-classes target/pgplane.jar target/pgplane.jsa

bench: check-tools ## pgplane beside PgBouncer, HAProxy and a direct connection; BENCH_FLAGS="-Dbench.only='REGEX'" makes it shorter
	@$(MVN) $(MVN_FLAGS) -q -DskipTests package
	@mkdir -p target/bench; JAVA_TOOL_OPTIONS="$(BENCH_JAVA)" \
	  src/main/scripts/archive-classes target/pgplane.jar target/bench/pgplane.jsa
	@ulimit -n $$(ulimit -Hn); exec $(TEST_JAVA) -Dbench.files=$$(ulimit -n) -Dbench.java="$(BENCH_JAVA)" $(BENCH_FLAGS) \
	  -Dpgplane.jar=target/pgplane.jar -Dbench.archive=target/bench/pgplane.jsa -Dpgplane.postgres.dir=target/postgres io.pgplane.bench.proxies.ProxyBench

bench-scale: check-tools ## start, heap, changes and logins with 100 and 100,000 users, with 100 and 2,000 backends, into target/bench/
	@$(MVN) $(MVN_FLAGS) -q -DskipTests package
	@$(TEST_JAVA) io.pgplane.bench.BackendScale $(BACKENDS)
	@PGPLANE_TEST_POSTGRES=embedded exec $(TEST_JAVA) io.pgplane.bench.Scale $(SCALE)

soak: check-tools ## memory over RELOADS (2000) reloads that renew all TLS files; fails if it grows
	@$(MVN) $(MVN_FLAGS) -q -DskipTests package
	@PGPLANE_TEST_POSTGRES=embedded exec $(TEST_JAVA) -Dpgplane.jar=target/pgplane.jar -Dpgplane.postgres.dir=target/postgres \
	  io.pgplane.testkit.ReloadSoak $(RELOADS)

pg-suites: build ## PostgreSQL 15's own tests without pgplane and through it; needs root and Debian 12; SUITES="regress isolation pipeline"
	@src/test/scripts/pg-suites $(SUITES)

jdbc-suite: build ## pgjdbc's own tests without pgplane and through it; needs root and Debian 12
	@src/test/scripts/jdbc-suite

timing: check-tools ## whether the time of a refusal tells an unknown user from a wrong password
	@$(MVN) $(MVN_FLAGS) -q test-compile
	@exec $(TEST_JAVA) io.pgplane.testkit.LoginTiming

audit: check-tools ## target/bom.json (CycloneDX) and the versions behind the newest; fails if a second build gives another jar
	@$(MVN) $(MVN_FLAGS) -q -DskipTests package cyclonedx:makeBom
	@rm -rf target/again; mkdir target/again; cp -r pom.xml src target/again
	@$(MVN) $(MVN_FLAGS) -q -f target/again -Dmaven.test.skip -Dspotless.check.skip -Dcheckstyle.skip package
	@cmp target/pgplane.jar target/again/target/pgplane.jar && echo "two builds give the same target/pgplane.jar"
	@$(MVN) $(MVN_FLAGS) versions:display-dependency-updates versions:display-plugin-updates | grep -e ' -> '

format: check-tools ## format the sources
	$(MVN) $(MVN_FLAGS) -q spotless:apply

lint: check-tools ## the gates alone: format, sizes, Error Prone, NullAway, banned APIs
	$(MVN) $(MVN_FLAGS) -q test-compile forbiddenapis:check@main forbiddenapis:testCheck@test

reference: check-tools ## write docs/configuration.md anew from the keys in the code
	$(MVN) $(MVN_FLAGS) -q -Dtest=ReferenceTest -DargLine=-Dpgplane.reference.write=true test

clean: ## remove what the build made
	rm -rf target
