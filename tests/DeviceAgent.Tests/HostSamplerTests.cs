using System.Text;
using System.Text.Json;
using OrleansIot.DeviceAgent.Tests.Collectors;
using OrleansIot.TestKit.Time;

namespace OrleansIot.DeviceAgent.Tests;

public sealed class HostSamplerTests
{
    [Fact]
    public void A_reading_of_this_machine_has_the_metrics_that_the_shipped_rules_use()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "LOUD: reads /proc, and this is not Linux.");
        using var sampler = new HostSampler(TimeProvider.System);
        sampler.Prime();

        // The kernel counts CPU time in ticks of 10 ms: the first readings may see none.
        Dictionary<string, double> metrics = [];
        var seen = SpinWait.SpinUntil(
            () => (metrics = CapturedHost.Numbers(sampler.Take("boot-1", 0))).ContainsKey("cpu-percent"), TimeLimit.Usual);

        Assert.True(seen, $"No tick of CPU time was counted within {TimeLimit.Usual.TotalSeconds} s.");
        Assert.InRange(metrics["cpu-percent"], 0, 100);

        Assert.InRange(metrics["memory-percent"], 0.1, 100);
        Assert.InRange(metrics["disk-root-used-percent"], 0, 100);
        Assert.InRange(metrics["process-count"], 1, 1e6);
        Assert.True(metrics["uptime-seconds"] > 0);
    }

    [Fact]
    public void A_message_says_when_it_was_taken_and_which_one_it_is()
    {
        using var host = new CapturedHost();
        using var sampler = new HostSampler(new ClockAt("2026-03-04T05:06:07.0890123Z"), host.Root);

        var text = Encoding.UTF8.GetString(sampler.Take("abc", 17));

        Assert.Equal("""{"timestamp":"2026-03-04T05:06:07.089Z","bootId":"abc","sequence":17}""", text);
    }

    [Fact]
    public void Facts_name_the_machine()
    {
        using var host = new CapturedHost()
            .With("etc/os-release", "ID=debian\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n")
            .With("proc/sys/kernel/osrelease", "6.1.0-18-amd64\n");
        using var sampler = new HostSampler(TimeProvider.System, host.Root);

        using var json = JsonDocument.Parse(sampler.Facts("abc", 0));
        var facts = json.RootElement.GetProperty("host");

        Assert.Equal(Environment.MachineName, facts.GetProperty("name").GetString());
        Assert.Equal("Debian GNU/Linux 12 (bookworm)", facts.GetProperty("os").GetString());
        Assert.Equal("6.1.0-18-amd64", facts.GetProperty("kernel").GetString());
        Assert.Equal(Environment.ProcessorCount, facts.GetProperty("cores").GetInt32());
    }

    private sealed class ClockAt(string instant) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.Parse(instant);
    }
}
