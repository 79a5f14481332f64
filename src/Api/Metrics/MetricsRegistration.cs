using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace OrleansIot.Api.Metrics;

/// <summary>Registers what counts for <c>/metrics</c>, from the host's start on.</summary>
internal static class MetricsRegistration
{
    public static void AddMeterRecorder(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddMetrics();
        services.AddOptionsWithValidateOnStart<MetricsOptions, MetricsOptionsValidator>()
            .Bind(configuration.GetSection(MetricsOptions.Section))
            .PostConfigure(options => options.Meters = options.Meters is { Count: > 0 } configured ? configured : MetricsOptions.DefaultMeters);
        services.AddSingleton<MeterRecorder>();
        services.AddSingleton<FleetGauges>();
        services.AddHostedService<RecordFromStart>();
    }

    private sealed class RecordFromStart(MeterRecorder recorder) : IHostedLifecycleService
    {
        public Task StartingAsync(CancellationToken cancellationToken)
        {
            recorder.Start();
            return Task.CompletedTask;
        }

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
