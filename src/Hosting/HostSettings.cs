using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace OrleansIot.Hosting;

/// <summary>Where a host's settings come from, the later over the earlier: beside the program, the user's own, environment, command line.</summary>
public static class HostSettings
{
    /// <summary>Settings of one's own, in the folder it is started from.</summary>
    private const string Own = "orleansiot.json";

    public static WebApplicationBuilder Read(string[] args)
    {
        // The shipped settings lie beside the program; data and own settings are looked for where it is started.
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration
            .AddJsonFile(Path.Combine(Environment.CurrentDirectory, Own), optional: true, reloadOnChange: false)
            .AddEnvironmentVariables()
            .AddCommandLine(args);

        // A start that fails is told by StartFaults, in lines that a person can act on; the host would log its stack trace before them.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        return builder;
    }
}
