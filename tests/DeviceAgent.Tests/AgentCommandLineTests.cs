using OrleansIot.TestKit.Peers;

namespace OrleansIot.DeviceAgent.Tests;

public sealed class AgentCommandLineTests
{
    [Fact]
    public void Options_are_read_in_both_spellings()
    {
        var (options, problems) = AgentCommandLine.Parse(["--Broker:Host", "10.0.0.7", "--Broker:Port=1884", "--device:id", "x", "--Interval", "00:00:02.5"]);

        Assert.Empty(problems);
        Assert.Equal(("10.0.0.7", 1884, "x"), (options.Broker.Host, options.Broker.Port, options.DeviceId));
        Assert.Equal(TimeSpan.FromSeconds(2.5), options.Interval);
    }

    [Fact]
    public void Without_arguments_the_defaults_are_valid() => Assert.Empty(AgentCommandLine.Parse([]).Problems);

    [Fact]
    public void A_setting_of_TLS_turns_it_on_and_with_it_the_usual_port()
    {
        using var certificates = new PeerCertificates();
        var (certificatePath, keyPath) = certificates.Issue("press-4");
        var (options, problems) = AgentCommandLine.Parse(
            ["--Broker:Tls:CaPath", certificates.CaPath, "--Broker:Tls:CertificatePath", certificatePath, "--Broker:Tls:KeyPath", keyPath, "--Broker:Tls:Alpn", "x-amzn-mqtt-ca"]);

        Assert.Empty(problems);
        Assert.Equal((8883, certificatePath, "x-amzn-mqtt-ca"), (options.Broker.Port, options.Broker.Tls!.CertificatePath, options.Broker.Tls.ApplicationProtocols.Single()));
        Assert.Equal(8883, AgentCommandLine.Parse(["--Broker:Tls:Enabled", "true"]).Options.Broker.Port);
        Assert.Null(AgentCommandLine.Parse([]).Options.Broker.Tls);
    }

    [Theory]
    [InlineData("--Broker:Tls:CaPath /no/ca.pem", "Broker:Tls:CaPath is '/no/ca.pem'", "cannot be read")]
    [InlineData("--Broker:Tls:KeyPath /no/key.pem", "Broker:Tls:KeyPath is set", "Broker:Tls:CertificatePath")]
    [InlineData("--Broker:Tls:Enabled maybe", "Broker:Tls:Enabled is 'maybe'", "--Broker:Tls:Enabled true")]
    [InlineData("--Broker:Port 70000", "Broker:Port is 70000", "--Broker:Port 1883")]
    [InlineData("--Broker:Port abc", "Broker:Port is 'abc'", "--Broker:Port 1883")]
    [InlineData("--Device:Id a/b", "Device:Id is 'a/b'", "--Device:Id pump-room-1")]
    [InlineData("--Interval 10", "Interval is '10'", "--Interval 00:00:10")]
    [InlineData("--Interval", "Interval has no value", "--Interval 00:00:10")]
    [InlineData("--Brokr:Host x", "'--Brokr:Host' is no option", "--Broker:Host")]
    [InlineData("--HostRoot /no/such/folder", "HostRoot is '/no/such/folder'", "--HostRoot /host")]
    public void A_wrong_argument_is_named_with_its_mend(string arguments, string problem, string mend) =>
        Assert.Contains(AgentCommandLine.Parse(arguments.Split(' ')).Problems, said => said.Contains(problem) && said.Contains(mend));

    [Theory]
    [InlineData("web-01.example.org", "web-01-example-org")]
    [InlineData("Büro PC", "B-ro-PC")]
    [InlineData("", "device")]
    public void Any_host_name_makes_a_device_name(string hostName, string expected)
    {
        Assert.Equal(expected, DeviceName.FromHostName(hostName));
        Assert.True(DeviceName.IsValid(DeviceName.FromHostName(hostName + new string('x', 200))));
    }
}
