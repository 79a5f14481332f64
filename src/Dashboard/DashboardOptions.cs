using System.ComponentModel.DataAnnotations;

namespace OrleansIot.Dashboard;

public sealed class DashboardOptions
{
    public const string Section = "Dashboard";

    /// <summary>Name of the site or fleet, shown beside the title of the overview. Default none.</summary>
    [StringLength(60)]
    public string? Site { get; set; }

    /// <summary>The command that an empty dashboard tells a newcomer to try.</summary>
    [Required]
    public string FirstReading { get; set; } =
        """mosquitto_pub -h localhost -q 1 -t dt/devices/boiler-7/telemetry -m '{"temperature": 61.5, "humidity-percent": 41}'""";

    /// <summary>How long a browser that lost its connection finds its page as it was. Default 10 minutes.</summary>
    // A phone that was in a pocket for a while; after that the page loads anew, which loses nothing but an unsaved form.
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00")]
    public TimeSpan DisconnectedPageKept { get; set; } = TimeSpan.FromMinutes(10);
}
