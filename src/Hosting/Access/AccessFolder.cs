using Microsoft.Extensions.DependencyInjection;
using OrleansIot.Gateway.Access;

namespace OrleansIot.Hosting.Access;

/// <summary>Where a host that has a folder for its data keeps who may connect, unless it is told another place.</summary>
public static class AccessFolder
{
    private const string FileName = "access.json";

    /// <param name="dataFolder">Asked once the settings have been read.</param>
    public static IServiceCollection AddAccessFile(this IServiceCollection services, Func<IServiceProvider, string> dataFolder)
    {
        services.AddOptions<ClientAccessOptions>().PostConfigure<IServiceProvider>((access, provider) =>
            access.Path ??= Path.Combine(Path.GetFullPath(dataFolder(provider)), FileName));
        return services;
    }
}
