# A Postgres and a RabbitMQ of one's own, in a temporary directory, on free loopback ports. Sourced by ./test.
#
#   install_servers          installs the Debian packages that are missing
#   start_servers LOGS       starts both and returns at once, so that a build can use the time that they need
#   await_servers            waits until both answer, then exports RESONANCE_TEST_*
#   stop_servers             stops what start_servers started, and nothing else
#
# Nothing here touches a server, a cluster, a node or a cookie of the machine itself: every path and every port is our own.

servers_directory=''
servers_logs=''
postgres_pid='' postgres_port=''
epmd_pid='' epmd_port=''
rabbitmq_pid='' rabbitmq_port='' management_port=''

# Debian keeps each major version in a directory of its own and none of them on the PATH; the newest will do.
postgres_bin() { ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1; }

# The `rabbitmq-server` on the PATH is Debian's wrapper: it insists on the machine's own log files and cookie.
rabbitmq_bin() { echo /usr/lib/rabbitmq/bin; }

as_root() {
    if ((EUID == 0)); then "$@"
    elif command -v sudo >/dev/null; then sudo -- "$@"
    else
        echo "Cannot install packages: neither root nor sudo. Missing: $missing_packages" >&2
        return 1
    fi
}

install_servers() {
    missing_packages=''
    [[ -x $(postgres_bin)/postgres ]] || missing_packages+=' postgresql'
    [[ -x $(rabbitmq_bin)/rabbitmq-server ]] || missing_packages+=' rabbitmq-server'
    # Looks at the dashboard.
    [[ -x ${RESONANCE_TEST_CHROMIUM:-/usr/bin/chromium} ]] || missing_packages+=' chromium'
    [[ -n $missing_packages ]] || return 0
    if ! command -v apt-get >/dev/null; then
        echo "Missing:$missing_packages. Start Docker, or use Debian or Ubuntu, or export RESONANCE_TEST_POSTGRES," \
            "RESONANCE_TEST_RABBITMQ and RESONANCE_TEST_RABBITMQ_MANAGEMENT yourself." >&2
        return 1
    fi

    echo "Installing$missing_packages"
    # The packages would start servers on the well-known ports. This file is how Debian lets an administrator say no; where
    # there is one already (containers come with it) it is the administrator's, and stays.
    if [[ ! -e /usr/sbin/policy-rc.d ]]; then
        refusal=/usr/sbin/policy-rc.d
        printf '#!/bin/sh\nexit 101\n' | as_root tee "$refusal" >/dev/null && as_root chmod 755 "$refusal" || return 1
    fi
    local outcome=0
    # Word splitting is wanted: the variable holds a list of packages.
    # shellcheck disable=SC2086
    { as_root apt-get update -qq &&
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing_packages; } ||
        outcome=$?
    remove_refusal
    # Not started is not enough: where systemd runs, what was installed is enabled and would come up with the next boot.
    if [[ -d /run/systemd/system ]]; then
        [[ $missing_packages != *postgresql* ]] || as_root systemctl disable --now postgresql || true
        [[ $missing_packages != *rabbitmq* ]] || as_root systemctl disable --now rabbitmq-server epmd.socket epmd.service || true
    fi
    return "$outcome"
}

refusal=''
remove_refusal() {
    [[ -z $refusal ]] || as_root rm -f "$refusal"
    refusal=''
}

# Below 32768, where the kernel takes the ports of outgoing connections from: one of those could come between the look and the
# server. Ports already given out are remembered, since their servers do not listen yet.
free_port() {
    local port
    while :; do
        port=$((20000 + RANDOM % 12000))
        [[ " $used_ports " != *" $port "* ]] || continue
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
    done
    used_ports+=" $port"
    free_port=$port
}
used_ports='' free_port=''

# Becomes the command, as the unprivileged user of the package when we are root (Postgres refuses to run as root), else as
# ourselves. To be called in a subshell: nothing may stay between us and the server, since its process id is how we stop it.
exec_as() {
    local user=$1
    shift
    if ((EUID == 0)); then exec setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups -- "$@"; else exec "$@"; fi
}

# The directory has to be the user's own: both servers check that.
own_directory() {
    mkdir -p "$1"
    if ((EUID == 0)); then chown "$2" "$1"; fi
    chmod 700 "$1"
}

start_servers() {
    servers_logs=$1
    mkdir -p "$servers_logs"
    servers_directory=$(mktemp -d "${TMPDIR:-/tmp}/resonance-test.XXXXXX") || return 1
    chmod 755 "$servers_directory"
    start_postgres && start_rabbitmq || return 1
    # Their ends are no news to the shell, which would print the command line of each.
    disown -a
}

start_postgres() {
    local data=$servers_directory/postgres
    free_port; postgres_port=$free_port
    own_directory "$data" postgres
    # --no-sync is about initdb's own files only: a data directory that does not outlive the run need not survive a power cut.
    # The server itself keeps fsync on, as in production, so that a commit costs what a commit costs.
    (cd "$data" && exec_as postgres "$(postgres_bin)/initdb" --pgdata="$data" --username=postgres --auth=trust \
        --encoding=UTF8 --locale=C.UTF-8 --data-checksums --no-sync) >"$servers_logs/postgres.log" 2>&1 || {
        show_log postgres
        return 1
    }
    # No Unix socket: its path may not be longer than 107 bytes, and a temporary directory's may.
    (cd "$data" && exec_as postgres "$(postgres_bin)/postgres" -D "$data" -p "$postgres_port" \
        -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=300 \
        -c shared_preload_libraries=pg_stat_statements) </dev/null >>"$servers_logs/postgres.log" 2>&1 &
    postgres_pid=$!
}

start_rabbitmq() {
    local home=$servers_directory/rabbitmq
    free_port; rabbitmq_port=$free_port
    free_port; management_port=$free_port
    free_port; epmd_port=$free_port
    free_port; local distribution_port=$free_port
    own_directory "$home" rabbitmq
    echo '[rabbitmq_management].' >"$home/enabled_plugins"
    cat >"$home/rabbitmq.conf" <<CONFIGURATION
management.tcp.ip = 127.0.0.1
management.tcp.port = $management_port
log.file = false
log.console = true
log.console.level = info
# How old, in milliseconds, a count of unacknowledged messages may be: tests wait for it.
collect_statistics_interval = 500
CONFIGURATION
    : >"$home/rabbitmq-env.conf"
    echo '[].' >"$home/advanced.config"
    mkdir "$home/conf.d"
    if ((EUID == 0)); then chown -R rabbitmq "$home"; fi

    # `env -i`: a RABBITMQ_* variable or an Erlang cookie of the developer's must not lead this node to another one.
    # Erlang would start a name server of its own accord, as a daemon that nobody stops; this one is our child.
    local environment=(env -i PATH="$PATH" HOME="$home" LANG=C.UTF-8 ERL_EPMD_PORT="$epmd_port" ERL_EPMD_ADDRESS=127.0.0.1)
    (cd "$home" && exec_as rabbitmq "${environment[@]}" epmd -port "$epmd_port" -address 127.0.0.1) \
        </dev/null >"$servers_logs/epmd.log" 2>&1 &
    epmd_pid=$!
    # On few cores Erlang's schedulers would otherwise spend on waiting what the tests need for working (+sbwt: no busy waits).
    # setsid: the start script keeps the Erlang machine as a child, and stop_servers must reach both.
    (cd "$home" && exec_as rabbitmq setsid "${environment[@]}" \
        RABBITMQ_NODENAME="resonance-test-$rabbitmq_port@localhost" \
        RABBITMQ_NODE_IP_ADDRESS=127.0.0.1 RABBITMQ_NODE_PORT="$rabbitmq_port" RABBITMQ_DIST_PORT="$distribution_port" \
        RABBITMQ_MNESIA_BASE="$home/mnesia" RABBITMQ_LOG_BASE="$home/log" \
        RABBITMQ_PID_FILE="$home/pid" RABBITMQ_ENABLED_PLUGINS_FILE="$home/enabled_plugins" \
        RABBITMQ_CONF_ENV_FILE="$home/rabbitmq-env.conf" RABBITMQ_CONFIG_FILE="$home/rabbitmq.conf" \
        RABBITMQ_CONFIG_FILES="$home/conf.d" RABBITMQ_ADVANCED_CONFIG_FILE="$home/advanced.config" \
        RABBITMQ_GENERATED_CONFIG_DIR="$home/generated" RABBITMQ_FEATURE_FLAGS_FILE="$home/feature_flags" \
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1} +sbwt none +sbwtdcpu none +sbwtdio none' \
        "$(rabbitmq_bin)/rabbitmq-server") </dev/null >"$servers_logs/rabbitmq.log" 2>&1 &
    rabbitmq_pid=$!
}

await_servers() {
    await postgres "$postgres_pid" postgres_answers &&
        await rabbitmq "$rabbitmq_pid" rabbitmq_answers || return 1
    export RESONANCE_TEST_POSTGRES="Host=127.0.0.1;Port=$postgres_port;Username=postgres;Database=postgres"
    export RESONANCE_TEST_RABBITMQ="amqp://guest:guest@127.0.0.1:$rabbitmq_port/"
    export RESONANCE_TEST_RABBITMQ_MANAGEMENT="http://guest:guest@127.0.0.1:$management_port"
}

postgres_answers() { "$(postgres_bin)/pg_isready" --quiet --host=127.0.0.1 --port="$postgres_port"; }

# Asked with bash alone: rabbitmqctl would start a second Erlang machine for each question, and curl may not be installed.
rabbitmq_answers() {
    (exec 3<>"/dev/tcp/127.0.0.1/$rabbitmq_port") 2>/dev/null || return 1
    local status=''
    {
        # guest:guest
        printf 'GET /api/overview HTTP/1.0\r\nAuthorization: Basic Z3Vlc3Q6Z3Vlc3Q=\r\n\r\n' >&3
        read -r -t 5 status <&3
    } 3<>"/dev/tcp/127.0.0.1/$management_port" 2>/dev/null
    [[ $status == *' 200 '* ]]
}

# await NAME PID QUESTION: asks until the answer is yes, the server is gone, or two minutes have passed.
await() {
    local name=$1 pid=$2 question=$3 deadline=$((SECONDS + 120))
    until "$question"; do
        if ! kill -0 "$pid" 2>/dev/null; then
            echo "$name ended while it started." >&2
        elif ((SECONDS >= deadline)); then
            echo "$name does not answer after 120 s." >&2
        else
            sleep 0.2
            continue
        fi
        show_log "$name"
        return 1
    done
}

show_log() {
    echo "The last lines of $servers_logs/$1.log:" >&2
    tail -n 40 "$servers_logs/$1.log" >&2
}

stop_servers() {
    # Only an interrupted installation leaves it behind.
    remove_refusal
    # INT is Postgres' fast shutdown, which does not wait for clients; killed, it would leave shared memory behind. RabbitMQ
    # leaves nothing but its directory and would take seconds to tidy that; it is a process group, see start_rabbitmq.
    [[ -z $postgres_pid ]] || stop_process "$postgres_pid" INT
    [[ -z $rabbitmq_pid ]] || stop_process "-$rabbitmq_pid" KILL
    [[ -z $epmd_pid ]] || stop_process "$epmd_pid" TERM
    postgres_pid='' rabbitmq_pid='' epmd_pid=''
    [[ -z $servers_directory ]] || rm -rf -- "$servers_directory"
    servers_directory=''
}

# stop_process TARGET SIGNAL: TARGET as `kill` takes it; what is still there after ten seconds is killed.
stop_process() {
    local target=$1 deadline=$((SECONDS + 10))
    kill -s "$2" -- "$target" 2>/dev/null || return 0
    while kill -0 -- "$target" 2>/dev/null; do
        if ((SECONDS >= deadline)); then
            kill -s KILL -- "$target" 2>/dev/null
            break
        fi
        sleep 0.1
    done
    return 0
}
