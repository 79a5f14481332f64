using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace OrleansIot.Application.Rules;

/// <summary>Registers the rules: read from their store when the host starts.</summary>
public static class RuleRegistration
{
    /// <summary>Expects <see cref="Ports.IRuleStore"/> to be registered; comes before whatever evaluates rules.</summary>
    public static IServiceCollection AddRules(this IServiceCollection services)
    {
        services.AddSingleton<RuleBook>();
        services.AddSingleton<IRules>(provider => provider.GetRequiredService<RuleBook>());
        services.AddHostedService<OpenAtStart>();
        services.AddHealthChecks().AddCheck<Loaded>("rules");
        return services;
    }

    private sealed class OpenAtStart(RuleBook rules) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => rules.Open(cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class Loaded(RuleBook rules) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(rules.IsOpen ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The rules are not loaded yet."));
    }
}
