namespace OrleansIot.DeviceAgent;

/// <summary>What the hardware agent sends, how often and where to.</summary>
public sealed class HardwareAgentOptions
{
    /// <summary>The broker to send to.</summary>
    public BrokerOptions Broker { get; set; } = new();

    /// <summary>Device id and MQTT client id. Default: the host's name, other characters replaced by dashes.</summary>
    public string DeviceId { get; set; } = DeviceName.FromHostName(Environment.MachineName);

    /// <summary>Time between two readings, 0.1 s to 1 day. Default 10 s.</summary>
    // Costs well under half a percent of a core, and is what Prometheus' and Telegraf's users are used to.
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Messages kept in memory while the broker cannot be reached or cannot take them; the oldest go first. 1 to 100,000, default 1,000.</summary>
    // Close to three hours at the default interval, and about a megabyte.
    public int BufferedMessages { get; set; } = 1_000;

    /// <summary>Longest pause before trying again to connect, or to send what the broker could not take, 0.1 s to 1 h; tries start at a fifth of a second and double, with jitter. Default 30 s.</summary>
    public TimeSpan LongestReconnectPause { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Folder with proc, sys and etc of the machine to watch. Default <c>/</c>; in a container, where the host's are mounted.</summary>
    public string HostRoot { get; set; } = "/";

    /// <summary>What is wrong with these options, one sentence each with the mend; empty when nothing is.</summary>
    public IReadOnlyList<string> Problems()
    {
        List<string> problems = [.. Broker.Problems()];
        if (!DeviceName.IsValid(DeviceId))
            problems.Add($"Device:Id is '{DeviceId}'. Give {DeviceName.Rule}, e.g. --Device:Id pump-room-1.");

        if (Interval < TimeSpan.FromSeconds(0.1) || Interval > TimeSpan.FromDays(1))
            problems.Add($"Interval is {Interval}. Give a time from 00:00:00.1 to 1.00:00:00, e.g. --Interval 00:00:10.");

        if (BufferedMessages is < 1 or > 100_000)
            problems.Add($"BufferedMessages is {BufferedMessages}. Give a number from 1 to 100000, e.g. --BufferedMessages 1000.");

        if (LongestReconnectPause < TimeSpan.FromSeconds(0.1) || LongestReconnectPause > TimeSpan.FromHours(1))
            problems.Add($"LongestReconnectPause is {LongestReconnectPause}. Give a time from 00:00:00.1 to 01:00:00, e.g. --LongestReconnectPause 00:00:30.");

        if (!Directory.Exists(HostRoot))
            problems.Add($"HostRoot is '{HostRoot}', which is no folder. Leave it out, or give where the host's / is mounted, e.g. --HostRoot /host.");

        return problems;
    }
}
