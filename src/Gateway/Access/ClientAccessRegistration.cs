using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OrleansIot.Application.Access;
using OrleansIot.Application.Access.Ports;

namespace OrleansIot.Gateway.Access;

internal static class ClientAccessRegistration
{
    public static void AddClientAccess(this IServiceCollection services)
    {
        services.AddOptionsWithValidateOnStart<ClientAccessOptions, ClientAccessOptionsValidator>().BindConfiguration(ClientAccessOptions.Section);
        services.AddSingleton<IValidateOptions<ClientAccessOptions>, ClientAccessRule>();

        services.AddSingleton<AccessFile>();
        services.TryAddSingleton<IAccessStore>(provider => provider.GetRequiredService<AccessFile>());
        services.AddSingleton<AccessBook>();
        services.AddSingleton<IAccessBook>(provider => provider.GetRequiredService<AccessBook>());

        services.AddSingleton<LocalKey>();
        services.AddSingleton<AccessMetrics>();
        services.AddSingleton<PasswordChecks>();
        services.AddSingleton<Doorkeeper>();
        services.AddSingleton<PrincipalPolicies>();
        services.AddSingleton<OpenConnections>();
        services.AddSingleton<IGatewayAccess>(provider => provider.GetRequiredService<OpenConnections>());
        services.AddSingleton<RefusedConnections>();
        services.AddSingleton<AccessGate>();

        // Before the server: who connects is asked for credentials that are known by then.
        services.AddHostedService<AccessRefresher>();
    }
}
