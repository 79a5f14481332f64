using System.ComponentModel.DataAnnotations;
using System.Net;
using Microsoft.Extensions.Options;

namespace OrleansIot.Silo.Clustering;

/// <summary>This silo, and the cluster that it joins. All silos of a cluster agree on all but the ports and the address.</summary>
public sealed class ClusterHostOptions
{
    public const string Section = "Cluster";

    /// <summary><c>Localhost</c> or <c>DynamoDb</c>. Default Localhost.</summary>
    // What a newcomer starts needs nothing that is not there.
    public ClusterMode Mode { get; set; } = ClusterMode.Localhost;

    /// <summary>Names the cluster: silos with the same name in the same tables find each other. Default <c>orleansiot</c>.</summary>
    [RegularExpression("[a-zA-Z0-9_.-]{1,64}", ErrorMessage = "Cluster:ClusterId must be 1 to 64 of the characters a-z A-Z 0-9 _ . -.")]
    public string ClusterId { get; set; } = "orleansiot";

    /// <summary>Names what the cluster runs: the twins' state and reminders are kept under it, and outlive the cluster. Default <c>orleansiot</c>.</summary>
    // It stays when silos of a new release form a cluster of their own beside the old one (blue and green).
    [RegularExpression("[a-zA-Z0-9_.-]{1,64}", ErrorMessage = "Cluster:ServiceId must be 1 to 64 of the characters a-z A-Z 0-9 _ . -.")]
    public string ServiceId { get; set; } = "orleansiot";

    /// <summary>Port on which the other silos reach this one. Default 11111.</summary>
    // Orleans' own.
    [Range(1, 65_535)]
    public int SiloPort { get; set; } = 11_111;

    /// <summary>Port on which Orleans clients (examples/Integrator) reach this silo; 0 for none. Default 30000.</summary>
    // Orleans' own.
    [Range(0, 65_535)]
    public int GatewayPort { get; set; } = 30_000;

    /// <summary>
    /// The address that this silo listens on for silos and clients, and that it tells them. Default: in Localhost mode 127.0.0.1; in
    /// DynamoDb mode the machine's own address. 127.0.0.1 for several silos on one machine.
    /// </summary>
    public string? AdvertisedAddress { get; set; }

    /// <summary>How long a silo waits for the answer to a probe of another, and between two probes. Default 1.5 s.</summary>
    // With three missed probes a killed silo is out after about 5 s. It covers the longest pause of a garbage collection on a
    // crowded machine three times over; Orleans' own 5 s would let the devices of a dead silo wait for 15.
    [Range(typeof(TimeSpan), "00:00:00.200", "00:01:00", ErrorMessage = "Cluster:ProbeTimeout must be from 00:00:00.2 to 00:01:00.")]
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromSeconds(1.5);

    /// <summary>Probes that a silo may miss in a row before it is suspected; two suspicions (of two others, where there are as many) put it out. Default 3.</summary>
    [Range(1, 20)]
    public int MissedProbes { get; set; } = 3;

    /// <summary>How often a silo writes down that it is alive. Default 5 s.</summary>
    // Three of them missing and its row no longer counts: so long the first silo waits that starts after all were killed at once.
    // One small write; Orleans' own 30 s would let it wait for a minute and a half.
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00", ErrorMessage = "Cluster:AliveInterval must be from 00:00:01 to 00:10:00.")]
    public TimeSpan AliveInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a call to a grain waits for its answer. Default 15 s.</summary>
    // Longer than a dead silo takes to be put out, so that a call that was on its way to it fails for that reason; a reading without
    // an answer is not acknowledged, and its device sends it again.
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00", ErrorMessage = "Cluster:ResponseTimeout must be from 00:00:01 to 00:05:00.")]
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a stop may take, in which the silo hands its twins over. Default 60 s.</summary>
    // A hundred thousand twins, each snapshotted: some 2,000 a second.
    [Range(typeof(TimeSpan), "00:00:05", "00:30:00", ErrorMessage = "Cluster:StopTimeout must be from 00:00:05 to 00:30:00.")]
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Null where the machine's own address is meant.</summary>
    internal IPAddress? Address =>
        AdvertisedAddress is { Length: > 0 } named ? IPAddress.Parse(named) : Mode == ClusterMode.Localhost ? IPAddress.Loopback : null;
}

[OptionsValidator]
internal sealed partial class ClusterHostOptionsValidator : IValidateOptions<ClusterHostOptions>;
