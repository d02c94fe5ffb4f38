# Everything here needs Rust and Debian's build-essential, and nothing else beforehand.
# CARGOFLAGS reaches every cargo command: `make test CARGOFLAGS=--locked`.

# Without the OpenSSL headers libpq builds its own OpenSSL: slower, the same program.
OPENSSL != scripts/openssl-feature
TESTS = test-postgres,test-browser,test-smtp,test-clients,test-gateways,$(OPENSSL)
# All of them run side by side; some of them, chosen by ARGS, as cargo runs them.
RUN_TESTS = $(if $(ARGS),cargo test,scripts/run-tests)

# What is fuzzed, and for how many seconds each.
FUZZ = secret_text basic_header form_body jwt forwarded
SECONDS = 600
# Puts what was found before where a target of it begins; a new one has nothing yet.
FOUND_BEFORE = mkdir -p target/fuzz-corpus/$$target && \
	{ [ ! -e fuzz/found/$$target.tar.gz ] || tar -xzf fuzz/found/$$target.tar.gz -C target/fuzz-corpus/$$target; }

.PHONY: help run demo test check bench bench-finding fuzz fuzz-keep pictures fmt

help:
	@echo 'make run     build Keystead and start it  (ARGS="--listen 127.0.0.1:9090")'
	@echo 'make demo    build Keystead and start it full of sample data'
	@echo 'make test    every test, on SQLite, on a PostgreSQL of its own, in three browsers, with a mail server,'
	@echo '             with OAuth clients that others wrote, behind gateways'
	@echo '             (ARGS="--test browser" for some of them)'
	@echo 'make check   formatting, lints, documentation'
	@echo 'make bench   measure this machine: decisions, start, memory, size, requests a second'
	@echo 'make bench-finding  measure the list of a million keys beside that of a thousand'
	@echo 'make fuzz    send hostile keys, headers, forms and tokens, ten minutes of each  (SECONDS=60, FUZZ=jwt)'
	@echo '             needs a nightly compiler and cargo-fuzz: cargo install --locked cargo-fuzz'
	@echo 'make fuzz-keep  keep what they found for the next time'
	@echo 'make pictures take a picture of every screen'
	@echo 'make fmt     format the sources'

run:
	cargo run $(CARGOFLAGS) --features "$(OPENSSL)" -- $(ARGS)

demo:
	cargo run $(CARGOFLAGS) --features "$(OPENSSL)" -- demo $(ARGS)

test:
	scripts/install-test-packages
	scripts/install-browser-packages
	scripts/install-clients
	scripts/install-envoy
	scripts/with-postgres $(RUN_TESTS) $(CARGOFLAGS) --features "$(TESTS)" $(ARGS)

# Lints are made errors here, not by RUSTFLAGS, which would compile every dependency again.
check:
	cargo fmt --check
	cargo clippy $(CARGOFLAGS) --all-targets --features "$(TESTS)" -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc $(CARGOFLAGS) --no-deps --features "$(TESTS)"

bench:
	cargo bench $(CARGOFLAGS) --features "$(OPENSSL)" --bench access --bench portal

# The list of a million keys beside that of a thousand, on both databases.
bench-finding:
	scripts/install-test-packages
	scripts/with-postgres cargo bench $(CARGOFLAGS) --features "$(OPENSSL)" --bench portal -- finding

# Begins with what was found before; what is new goes into target, and what is a fault, into fuzz/artifacts.
fuzz:
	cargo +nightly fuzz build --target-dir target/fuzz --features "$(OPENSSL)"
	for target in $(FUZZ); do \
		$(FOUND_BEFORE) && \
		cargo +nightly fuzz run --target-dir target/fuzz --features "$(OPENSSL)" $$target \
			target/fuzz-corpus/$$target fuzz/corpus/$$target -- -max_total_time=$(SECONDS) -max_len=5000 -timeout=10 || exit 1; \
	done

# Keeps of all that was found as little as reaches the same code.
fuzz-keep:
	for target in $(FUZZ); do \
		$(FOUND_BEFORE) && rm -rf target/fuzz-kept/$$target && mkdir -p target/fuzz-kept/$$target && \
		cargo +nightly fuzz run --target-dir target/fuzz --features "$(OPENSSL)" $$target \
			target/fuzz-kept/$$target fuzz/corpus/$$target target/fuzz-corpus/$$target -- -merge=1 -use_counters=0 -max_len=5000 && \
		tar --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 --use-compress-program='gzip -n9' \
			-cf fuzz/found/$$target.tar.gz -C target/fuzz-kept/$$target . || exit 1; \
	done

# Of every screen into target/pictures, to be looked at; the README has three of them, of the demo.
pictures:
	scripts/install-test-packages
	scripts/install-browser-packages
	KEYSTEAD_SCREENSHOTS=$(CURDIR)/target/pictures cargo test $(CARGOFLAGS) --features "test-browser,$(OPENSSL)" --test browser
	cp target/pictures/demo-overview.png docs/overview.png
	cp target/pictures/demo-detail.png docs/key.png
	cp target/pictures/demo-delete-in-use.png docs/delete-in-use.png

fmt:
	cargo fmt
