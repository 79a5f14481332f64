#!/usr/bin/env bash
# Restores, builds and tests everything (OrleansIot.sln), with nothing but the .NET SDK. Where Microsoft.Orleans.* does not restore
# it is what needs no Orleans package (Standalone.slnf), and the end of the output says in capitals what was left out.
# The last line is always "N passed, N failed, N skipped", over all test projects; the exit code is 0 only if something
# ran and nothing failed. A test project that crashed, hung or ran no test counts as one failure.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

usage() {
  cat <<'USAGE'
usage: ./test.sh [--filter X] [--no-install]

  --filter X     only the tests that X selects, as `dotnet test --filter` takes it: a part of the full name, or an expression
  --no-install   do not install missing peers (mosquitto, chromium, ...); the tests that want them skip and say so
USAGE
}

configuration=Release
hang_limit=300s # without a test starting or ending
restore_limit=300 # seconds; a registry that lacks the packages says so within a few
filter=''
install=yes
while (($# > 0)); do
  case $1 in
    --filter)
      filter=${2:?--filter wants an expression}
      shift 2
      ;;
    --filter=*)
      filter=${1#*=}
      shift
      ;;
    --no-install)
      install=no
      shift
      ;;
    -h | --help)
      usage
      exit 0
      ;;
    *)
      usage >&2
      exit 2
      ;;
  esac
done

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_CLI_UI_LANGUAGE=en
export PATH="$PATH:/usr/sbin" # Debian keeps mosquitto there, out of a plain user's path

work=$(mktemp -d)
policy=''
# shellcheck disable=SC2317 # the trap below calls it
cleanup() {
  if [[ -n $policy ]]; then
    as_root rm -f "$policy" || true
  fi
  rm -rf "$work"
}
trap cleanup EXIT
trap 'kill $(jobs -p) 2>/dev/null || true; wait; exit 130' INT TERM

say() { printf '\n== %s\n' "$*"; }

# Nothing could be tested.
stop() {
  printf '\nNOTHING WAS TESTED: %s\n0 passed, 0 failed, 0 skipped\n' "$*"
  exit 1
}

as_root() {
  if (($(id -u) == 0)); then "$@"; else sudo -n "$@"; fi
}

can_install() {
  [[ $install == yes ]] && command -v apt-get >/dev/null && { (($(id -u) == 0)) || sudo -n true 2>/dev/null; }
}

# --- Peers: programs that nobody here wrote, against which some tests run -------------------------------------------------

peers=(mosquitto mosquitto-clients python3-paho-mqtt chromium prometheus)

has_peer() {
  case $1 in
    mosquitto) command -v mosquitto ;;
    mosquitto-clients) command -v mosquitto_pub && command -v mosquitto_sub && command -v mosquitto_rr ;;
    python3-paho-mqtt) /usr/bin/python3 -c 'import paho.mqtt.client' ;; # the system's own: another one does not see what apt installs
    chromium) command -v chromium || command -v chromium-browser || command -v google-chrome ;;
    prometheus) command -v promtool ;;
  esac >/dev/null 2>&1
}

what_it_tests() {
  case $1 in
    mosquitto) echo "against a broker of somebody else" ;;
    mosquitto-clients) echo "with mosquitto_pub and mosquitto_sub" ;;
    python3-paho-mqtt) echo "with paho-python" ;;
    chromium) echo "the dashboard in a browser" ;;
    prometheus) echo "the metrics page with promtool" ;;
  esac
}

missing_peers() {
  local peer
  for peer in "${peers[@]}"; do
    has_peer "$peer" || echo "$peer"
  done
}

# Only the programs are wanted: a broker service on 1883 would be in the way of the product itself, now and at the next boot.
install_peers() {
  local apt=(env DEBIAN_FRONTEND=noninteractive timeout 600 apt-get -qq -o Acquire::http::Timeout=20 -o Acquire::Retries=1 -o DPkg::Lock::Timeout=120)
  if [[ ! -e /usr/sbin/policy-rc.d ]]; then
    policy=/usr/sbin/policy-rc.d
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod 755 "$policy"
  fi

  as_root "${apt[@]}" update >"$work/apt.log" 2>&1 </dev/null || true
  if ! as_root "${apt[@]}" install -y --no-install-recommends "$@" >>"$work/apt.log" 2>&1 </dev/null; then
    echo "Not all could be installed:"
    tail -n 3 "$work/apt.log"
  fi

  if [[ -n $policy ]]; then
    as_root rm -f "$policy"
    policy=''
  fi

  local service
  for service in mosquitto prometheus; do
    if [[ " $* " == *" $service "* && -d /run/systemd/system ]]; then
      as_root systemctl disable --now "$service" >/dev/null 2>&1 || true
    fi
  done
}

mapfile -t missing < <(missing_peers)
if ((${#missing[@]} > 0)) && can_install; then
  say "Installing ${missing[*]}"
  install_peers "${missing[@]}"
  mapfile -t missing < <(missing_peers)
fi

# Peers of npm, each as package@version; they go to .peers, which git does not see.
packages=(dynalite@4.0.0 mqtt@5.16.0 aws-iot-device-sdk@2.2.16 aws-iot-device-sdk-v2@1.28.0)

has_package() {
  command -v node >/dev/null && [[ -f .peers/node_modules/${1%@*}/package.json ]] &&
    grep -q "\"version\": \"${1##*@}\"" ".peers/node_modules/${1%@*}/package.json"
}

what_package_tests() {
  case ${1%@*} in
    dynalite) echo "storage on DynamoDB" ;;
    mqtt) echo "with mqtt.js" ;;
    aws-iot-device-sdk) echo "with the device SDK of AWS IoT" ;;
    aws-iot-device-sdk-v2) echo "with the second device SDK of AWS IoT" ;;
  esac
}

missing_packages() {
  local package
  for package in "${packages[@]}"; do
    has_package "$package" || echo "$package"
  done
}

# All of them at once: npm takes out what it is not told of.
install_packages() {
  mkdir -p .peers
  if ! timeout 600 npm install --prefix .peers --no-save --no-audit --no-fund --ignore-scripts --loglevel=error "$@" >"$work/npm.log" 2>&1 </dev/null; then
    echo "Not all could be installed:"
    tail -n 3 "$work/npm.log"
  fi
}

mapfile -t missing_npm < <(missing_packages)
if ((${#missing_npm[@]} > 0)) && [[ $install == yes ]] && command -v node >/dev/null && command -v npm >/dev/null; then
  say "Installing ${missing_npm[*]}"
  install_packages "${packages[@]}"
  mapfile -t missing_npm < <(missing_packages)
fi

# --- Build ------------------------------------------------------------------------------------------------------------------

command -v dotnet >/dev/null || stop "there is no dotnet here. Install the .NET 10 SDK."

# Quiet where all is well; warnings always, everything where it fails.
build_step() {
  local log=$work/build.log
  if "$@" >"$log" 2>&1 </dev/null; then
    grep ' warning ' "$log" | sort -u || true
  else
    grep ' error ' "$log" | sort -u || cat "$log"
    return 1
  fi
}

say "Restoring and building Standalone.slnf ($configuration)"
build_step dotnet restore Standalone.slnf --verbosity quiet || stop "Standalone.slnf does not restore."
build_step dotnet build Standalone.slnf --configuration "$configuration" --no-restore --verbosity quiet || stop "Standalone.slnf does not build."

mapfile -t projects < <(grep -oE 'tests/[^"]+\.Tests\.csproj' Standalone.slnf)
((${#projects[@]} > 0)) || stop "Standalone.slnf names no test project."

# --- The cluster edition: what OrleansIot.sln holds and Standalone.slnf does not ------------------------------------------------

not_tested=()
counted=("${projects[@]##*/}")

mapfile -t cluster < <(grep -oE '[^"]+\.csproj' OrleansIot.sln | tr '\\' / | grep -vxFf <(grep -oE '[^"]+\.csproj' Standalone.slnf))

# What keeps the cluster's projects from being tested although they could be: a failure, told with the others at the end.
cluster_broken() {
  {
    printf '  %s\n' "$1"
    sort -u "$2" | head -n 15 | sed 's/^/      /'
  } >"$work/Cluster.broken"
  echo "0 1 0" >"$work/Cluster.counts"
  counted+=(Cluster)
  echo "  $1"
}

# The packages that were not found, where that is all that kept a restore from succeeding and each is of Orleans, or brought along
# by it: one that our own project files name must be there. Anything else is a fault of ours, and fails.
missing_orleans() {
  local ids id
  # NU1605: where a registry lacks versions too, what Orleans brings along may come at two versions. Its first line names the
  # package, those after it the two ways to it.
  ! grep ' error ' "$1" | grep -vE ' error NU1605: .*(Detected package downgrade| -> Microsoft\.Orleans\.)' | grep -qvE ' error (NU1101|NU1102|NU1103): ' || return 1
  ids=$(grep -oE ' error (NU1101|NU1102|NU1103): Unable to find a?[a-z ]*package [A-Za-z0-9._-]+' "$1" | sed -E 's/.* //; s/\.$//' | sort -u)
  [[ -n $ids ]] || return 1
  for id in $ids; do
    [[ $id == Microsoft.Orleans.* ]] || ! grep -qiF "\"$id\"" Directory.Packages.props || return 1
  done
  echo "$ids"
}

restore_cluster() {
  local log=$work/restore.log code=0
  timeout "$restore_limit" dotnet restore OrleansIot.sln --verbosity quiet >"$log" 2>&1 </dev/null || code=$?
  if ((code == 0)); then
    grep ' warning ' "$log" | sort -u || true
  elif missing_orleans "$log" >"$work/missing"; then
    not_tested+=("THE CLUSTER EDITION WAS NOT TESTED: ITS MICROSOFT.ORLEANS PACKAGES DO NOT RESTORE HERE ($(wc -l <"$work/missing") missing, such as $(head -n 1 "$work/missing"))")
    return 1
  else
    cluster_broken "The cluster edition does not restore, and not for want of Orleans packages$( ((code != 124)) || echo ": no end after $restore_limit s")" "$log"
    return 1
  fi
}

say "Restoring and building the cluster edition: ${#cluster[@]} more projects of OrleansIot.sln"
if restore_cluster; then
  if dotnet build OrleansIot.sln --configuration "$configuration" --no-restore --verbosity quiet >"$work/build.log" 2>&1 </dev/null; then
    grep ' warning ' "$work/build.log" | sort -u || true
    mapfile -t cluster_tests < <(printf '%s\n' "${cluster[@]}" | grep -E '^tests/.*\.Tests\.csproj$')
    projects+=("${cluster_tests[@]}")
    counted+=("${cluster_tests[@]##*/}")
  else
    grep ' error ' "$work/build.log" >"$work/errors" || cp "$work/build.log" "$work/errors"
    cluster_broken "The cluster edition does not build" "$work/errors"
  fi
elif ((${#not_tested[@]} > 0)); then
  echo "  ${not_tested[0]}"
fi

# --- Test -------------------------------------------------------------------------------------------------------------------

# One record per result of a TRX file. Writes the failed and the skipped ones, with what they say, to two files; prints the three
# counts. What tests print in lines "Edition: …" and "Measured: …" goes to two more.
# shellcheck disable=SC2016
read_results='
  function text(s) {
    gsub(/&lt;/, "<", s); gsub(/&gt;/, ">", s); gsub(/&quot;/, "\"", s); gsub(/&apos;/, "\047", s)
    gsub(/&#x[dD];/, "", s); gsub(/&#x[aA];/, " ", s); gsub(/&amp;/, "\\&", s)
    return s
  }
  function attribute(name,   at, rest) {
    at = index($0, " " name "=\"")
    rest = substr($0, at + length(name) + 3)
    return substr(rest, 1, index(rest, "\"") - 1)
  }
  function between(start, end,   at, rest) {
    at = index($0, start)
    if (at == 0) return ""
    rest = substr($0, at + length(start))
    return substr(rest, 1, index(rest, end) - 1)
  }
  function ours(trace) {
    gsub(/\n +at (System|Xunit)\.[^\n]*/, "", trace)
    return trace
  }
  function indented(s) {
    gsub(/\n/, "\n      ", s)
    return s == "" ? "" : "      " s "\n"
  }
  function hear(printed,   lines, count, i) {
    count = split(printed, lines, "\n")
    for (i = 1; i <= count; i++) {
      sub(/^ +/, "", lines[i])
      if (sub(/^Edition: /, "", lines[i])) printf "%s\t%s\n", lines[i], outcome > editions_file
      else if (sub(/^Measured: /, "", lines[i])) printf "  %s\n", lines[i] > measured_file
    }
  }
  BEGIN { RS = "<UnitTestResult " }
  NR == 1 { next }
  {
    $0 = " " $0
    outcome = attribute("outcome")
    name = text(attribute("testName"))
    message = index($0, "</UnitTestResult>") ? text(between("<Message>", "</Message>")) : ""
    hear(text(between("<StdOut>", "</StdOut>")))
    if (outcome == "Passed") passed++
    else if (outcome == "NotExecuted") { skipped++; printf "  %s\n%s", name, indented(message) > skipped_file }
    else { failed++; printf "  %s\n%s%s", name, indented(message), indented(ours(text(between("<StackTrace>", "</StackTrace>")))) > failed_file }
  }
  END { printf "%d %d %d\n", passed, failed, skipped }
'

boilerplate='^\s*$|^   at |^VSTest version|^Starting test execution|^A total of|^Results File|^Attachments|/Sequence_|may, or may not|^Additionally, path'

# Runs one test project. Leaves <project>.counts in $work and, where there is something to tell, .failed, .skipped and .broken.
run_project() {
  local project=$1 name started=$SECONDS code=0 passed=0 failed=0 skipped=0 broken='' running assembly
  name=$(basename "$project" .csproj)
  local out=$work/$name
  assembly=$(dirname "$project")/bin/$configuration/net10.0/OrleansIot.$name.dll
  local arguments=("$assembly" "--Logger:trx;LogFileName=$out.trx" "--ResultsDirectory:$work/results.$name"
    "--Blame:CollectHangDump;TestTimeout=$hang_limit;HangDumpType=none")
  [[ -z $filter ]] || arguments+=("--TestCaseFilter:$filter")

  # A process group of its own: what a broken test leaves running (its own process, hosts, browsers) ends with it.
  set -m
  dotnet vstest "${arguments[@]}" >"$out.log" 2>&1 </dev/null &
  local group=$!
  set +m
  # shellcheck disable=SC2064 # the group as it is now
  trap "kill -KILL -- -$group 2>/dev/null || true" EXIT
  trap 'exit 130' INT TERM
  wait "$group" || code=$?

  if [[ -f $out.trx ]]; then
    read -r passed failed skipped < <(awk -v failed_file="$out.failed" -v skipped_file="$out.skipped" -v editions_file="$out.editions" -v measured_file="$out.measured" "$read_results" "$out.trx")
  fi

  if [[ ! -f $out.trx ]]; then
    broken="left no result (exit code $code)"
  elif grep -q '^Test Run Aborted' "$out.log" || ((code != 0 && failed == 0)); then
    running=$(awk 'found && NF { print; exit } /^The test running when the crash occurred/ { found = 1 }' "$out.log")
    broken="broke off: its process died, or no test started or ended for $hang_limit${running:+; running was $running}"
  elif ((passed + failed + skipped == 0)) && [[ -z $filter ]]; then
    broken="ran no test"
  fi

  if [[ -n $broken ]]; then
    failed=$((failed + 1))
    printf '  %s %s\n' "$name" "$broken" >"$out.broken"
    [[ $broken == ran* ]] || grep -vE "$boilerplate" "$out.log" | tail -n 15 | sed 's/^/      /' >>"$out.broken" || true
  fi

  echo "$passed $failed $skipped" >"$out.counts"
  [[ -n $filter ]] && ((passed + failed + skipped == 0)) ||
    printf '  %-24s %5d passed %4d failed %4d skipped  %4d s\n' "$name" "$passed" "$failed" "$skipped" "$((SECONDS - started))"
}

# Scenarios with time limits of their own (whole processes, browsers) run alone, after the rest.
alone_names=' EndToEnd.Tests Conformance.Tests Cluster.Tests '
alone=()
together=()
for project in "${projects[@]}"; do
  if [[ $alone_names == *" $(basename "$project" .csproj) "* ]]; then alone+=("$project"); else together+=("$project"); fi
done

workers=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
((workers <= 4)) || workers=4

say "Testing ${#projects[@]} projects${filter:+, only $filter}"
for project in "${together[@]}"; do
  while (($(jobs -rp | wc -l) >= workers)); do wait -n; done
  run_project "$project" &
done
wait
for project in "${alone[@]}"; do
  run_project "$project" &
  wait
done

# --- Tell -------------------------------------------------------------------------------------------------------------------

# Where some project left such a file: the heading, then all of them.
tell() {
  local heading=$1 kind=$2
  compgen -G "$work/*.$kind" >/dev/null || return 0
  say "$heading"
  cat "$work"/*."$kind"
}

if compgen -G "$work/*.editions" >/dev/null; then
  say "End-to-end scenarios, by edition"
  cat "$work"/*.editions | awk -F '\t' '
    { all[$1]; count[$1, $2]++ }
    END { for (edition in all) printf "  %-24s %5d passed %4d failed %4d skipped\n", edition, count[edition, "Passed"], count[edition, "Failed"], count[edition, "NotExecuted"] }' | sort
fi

tell "Measured by tests" measured
tell "Skipped" skipped
tell "Failed" failed
tell "TEST PROJECTS THAT DID NOT RUN AS THEY SHOULD" broken

for peer in "${missing[@]}"; do
  not_tested+=("${peer^^} IS NOT INSTALLED: NOT TESTED $(what_it_tests "$peer")")
done
for package in "${missing_npm[@]}"; do
  not_tested+=("${package^^} IS NOT INSTALLED: NOT TESTED $(what_package_tests "$package")")
done
if ((${#not_tested[@]} > 0)); then
  say "Not tested"
  printf '  %s\n' "${not_tested[@]}"
fi

passed=0 failed=0 skipped=0
for project in "${counted[@]}"; do
  read -r p f s <"$work/${project%.csproj}.counts" || { p=0 f=1 s=0; }
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
done

code=0
((failed == 0)) || code=1
if ((passed + failed == 0)); then
  echo "  ANYTHING AT ALL: no test ran${filter:+; --filter $filter selects none}."
  code=1
fi

printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
exit "$code"
