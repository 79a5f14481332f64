using System.Runtime;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrleansIot.Application.Telemetry;
using OrleansIot.Application.Twins;
using OrleansIot.Gateway;

namespace OrleansIot.GatewayAlone;

/// <summary>The gateway without twins, in the process that is measured.</summary>
internal static class GatewayHost
{
    public const string Verb = "serve";

    public static async Task<int> Run(string[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder(settings);

        // Connections come and go at Information, and what a log costs is not the question here.
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddFilter("OrleansIot.Gateway.MqttGatewayServer", LogLevel.Information);
        builder.Services.AddSingleton<ITwins, NoTwins>();
        builder.Services.AddSingleton<IngestStatistics>();
        builder.AddMqttGateway();
        var app = builder.Build();
        app.MapPost("/settle", Settle);
        await app.RunAsync();
        return 0;
    }

    /// <summary>Gives back what can be given back; answers the bytes of the heap that are in use.</summary>
    private static long Settle()
    {
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return GC.GetTotalMemory(forceFullCollection: false);
    }
}
