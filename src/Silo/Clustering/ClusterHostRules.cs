using System.Net;
using Microsoft.Extensions.Options;

namespace OrleansIot.Silo.Clustering;

/// <summary>What settings have to do with each other.</summary>
// A message holds no semicolon: that is what the framework joins several by, and StartFaults parts them at.
internal sealed class ClusterHostRules : IValidateOptions<ClusterHostOptions>
{
    public ValidateOptionsResult Validate(string? name, ClusterHostOptions options)
    {
        var faults = Faults(options).ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> Faults(ClusterHostOptions options)
    {
        if (options.SiloPort == options.GatewayPort)
            yield return $"Cluster:SiloPort and Cluster:GatewayPort are both {options.SiloPort}, but have to differ.";

        if (options.AdvertisedAddress is { Length: > 0 } address)
        {
            if (!IPAddress.TryParse(address, out var parsed) || parsed.Equals(IPAddress.Any) || parsed.Equals(IPAddress.IPv6Any))
                yield return $"Cluster:AdvertisedAddress is '{address}'. Set an IP address of this machine that the other silos can reach (127.0.0.1 where all are on this machine).";
            else if (options.Mode == ClusterMode.Localhost && !IPAddress.IsLoopback(parsed))
                yield return $"Cluster:AdvertisedAddress is '{address}', but in Localhost mode there is no other silo that could want it. Leave it out, or set Cluster:Mode=DynamoDb.";
        }

        // A call to a silo that died must not give up before the cluster knows.
        var putOut = options.ProbeTimeout * (options.MissedProbes + 1);
        if (options.ResponseTimeout < putOut)
            yield return $"Cluster:ResponseTimeout is {options.ResponseTimeout}, but has to be longer than a dead silo takes to be noticed, which with Cluster:ProbeTimeout and Cluster:MissedProbes is about {putOut}.";
    }
}
