using OrleansIot.Mqtt.Codec;

namespace OrleansIot.DeviceSwarm.Tests;

public sealed class SwarmCommandLineTests
{
    [Fact]
    public void Options_are_read_in_both_spellings()
    {
        var line = SwarmCommandLine.Parse(["--port", "1884", "--qos=0", "--protocol", "5", "--rate", "12.5", "--json"]);

        Assert.Empty(line.Problems);
        Assert.True(line.Json);
        Assert.Equal(1884, line.Options.Port);
        Assert.Equal((MqttQoS.AtMostOnce, MqttVersion.V5, 12.5), (line.Options.QoS, line.Options.Protocol, line.Options.Rate));
    }

    [Fact]
    public void A_duration_alone_sets_no_limit_to_the_messages()
    {
        Assert.Null(SwarmCommandLine.Parse(["--duration", "00:00:05"]).Options.Messages);
        Assert.Equal(7, SwarmCommandLine.Parse(["--duration", "00:00:05", "--messages", "7"]).Options.Messages);
    }

    [Theory]
    [InlineData("--host 192.0.2.1", "--allow-remote")]
    [InlineData("--host example.org", "--allow-remote")]
    [InlineData("--broker 192.0.2.1:1883", "--allow-remote")]
    [InlineData("--broker 127.0.0.1", "127.0.0.1:1883")]
    [InlineData("--broker 127.0.0.1:0", "Give 1 to 65535")]
    [InlineData("--connections 2000", "Give 1 to 1000")]
    [InlineData("--qos 2", "--qos 1")]
    [InlineData("--duration 5", "00:00:30")]
    [InlineData("--topic a/b", "{id}")]
    [InlineData("--window", "has no value")]
    [InlineData("--speed 5", "no option")]
    public void A_wrong_argument_is_named_with_its_mend(string arguments, string mend) =>
        Assert.Contains(SwarmCommandLine.Parse(arguments.Split(' ')).Problems, problem => problem.Contains(mend));

    [Fact]
    public void A_broker_is_given_once_for_each_entry_of_a_cluster()
    {
        var line = SwarmCommandLine.Parse(["--broker", "127.0.0.1:1884", "--broker=[::1]:1885"]);

        Assert.Empty(line.Problems);
        Assert.Equal([new("127.0.0.1", 1884), new("::1", 1885)], line.Options.Brokers);
    }

    [Fact]
    public void Another_host_is_fine_when_it_is_meant() =>
        Assert.Empty(SwarmCommandLine.Parse(["--host", "192.0.2.1", "--allow-remote"]).Problems);
}
