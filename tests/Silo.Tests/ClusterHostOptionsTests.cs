using System.Net;
using Microsoft.Extensions.Options;
using OrleansIot.Silo.Clustering;

namespace OrleansIot.Silo.Tests;

public class ClusterHostOptionsTests
{
    [Fact]
    public void The_defaults_are_a_silo_on_this_machine_that_nothing_is_wrong_with()
    {
        var options = new ClusterHostOptions();

        Assert.Empty(Faults(options));
        Assert.Equal(IPAddress.Loopback, options.Address);
    }

    [Fact]
    public void In_a_real_cluster_the_address_is_the_machine_s_own_unless_one_is_named()
    {
        Assert.Null(new ClusterHostOptions { Mode = ClusterMode.DynamoDb }.Address);
        Assert.Equal(IPAddress.Loopback, new ClusterHostOptions { Mode = ClusterMode.DynamoDb, AdvertisedAddress = "127.0.0.1" }.Address);
    }

    [Fact]
    public void A_silo_that_was_killed_is_noticed_well_within_ten_seconds()
    {
        var options = new ClusterHostOptions();

        Assert.InRange(options.ProbeTimeout * (options.MissedProbes + 1), TimeSpan.Zero, TimeSpan.FromSeconds(8));
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("silo-1")]
    [InlineData("127.0.0.300")]
    public void An_address_that_other_silos_cannot_go_to_is_refused_by_the_name_of_its_setting(string address)
    {
        var fault = Assert.Single(Faults(new ClusterHostOptions { Mode = ClusterMode.DynamoDb, AdvertisedAddress = address }));

        Assert.StartsWith("Cluster:AdvertisedAddress", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_silo_alone_on_its_machine_does_not_listen_beyond_it() =>
        Assert.Contains("Cluster:Mode=DynamoDb", Assert.Single(Faults(new ClusterHostOptions { AdvertisedAddress = "192.0.2.7" })), StringComparison.Ordinal);

    [Fact]
    public void Two_ports_that_are_one_are_refused() =>
        Assert.Contains("Cluster:GatewayPort", Assert.Single(Faults(new ClusterHostOptions { GatewayPort = 11_111 })), StringComparison.Ordinal);

    [Fact]
    public void A_call_that_gives_up_before_the_cluster_knows_of_a_death_is_refused() =>
        Assert.StartsWith("Cluster:ResponseTimeout", Assert.Single(Faults(new ClusterHostOptions { ResponseTimeout = TimeSpan.FromSeconds(5) })), StringComparison.Ordinal);

    [Theory]
    [InlineData(0, 30_000)]
    [InlineData(65_536, 30_000)]
    [InlineData(11_111, -1)]
    public void A_port_is_from_1_to_65535_and_that_for_clients_may_be_none(int silo, int gateway) =>
        Assert.NotEmpty(Faults(new ClusterHostOptions { SiloPort = silo, GatewayPort = gateway }));

    [Fact]
    public void A_fault_is_told_in_one_piece()
    {
        var faults = Faults(new ClusterHostOptions { SiloPort = 1, GatewayPort = 1, AdvertisedAddress = "x", ProbeTimeout = TimeSpan.FromMinutes(1) });

        Assert.Equal(3, faults.Count);
        Assert.All(faults, fault => Assert.DoesNotContain("; ", fault, StringComparison.Ordinal));
    }

    private static List<string> Faults(ClusterHostOptions options) =>
        [.. new IValidateOptions<ClusterHostOptions>[] { new ClusterHostOptionsValidator(), new ClusterHostRules() }.SelectMany(rules => rules.Validate(null, options).Failures ?? [])];
}
