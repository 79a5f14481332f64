using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrleansIot.Application.Access.Ports;

namespace OrleansIot.Hosting.Access;

/// <summary>What sign-ins and forms are signed with, kept where the data is: a restart, or a new release, signs nobody out.</summary>
public static class SignInKeys
{
    private const string Folder = "keys";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Keeps them in a folder beside the data of one process.</summary>
    /// <param name="dataFolder">Asked once the settings have been read.</param>
    public static IServiceCollection AddSignInKeys(this IServiceCollection services, Func<IServiceProvider, string> dataFolder) =>
        services.AddSignInKeys(provider => new FileSystemXmlRepository(
            Create(Path.Combine(Path.GetFullPath(dataFolder(provider)), Folder)), provider.GetRequiredService<ILoggerFactory>()));

    /// <summary>Keeps them in the <see cref="IKeyRing"/> of a store that several hosts share.</summary>
    public static IServiceCollection AddSharedSignInKeys(this IServiceCollection services) =>
        services.AddSignInKeys(provider => new SharedKeys(provider.GetRequiredService<IKeyRing>()));

    private static IServiceCollection AddSignInKeys(this IServiceCollection services, Func<IServiceProvider, IXmlRepository> repository)
    {
        // A name of its own: the default is the folder of the program, and an update to another one would sign everybody out.
        services.AddDataProtection().SetApplicationName("OrleansIot");
        services.AddOptions<KeyManagementOptions>().Configure<IServiceProvider>((keys, provider) => keys.XmlRepository = repository(provider));
        return services;
    }

    // Whoever reads a key can sign in without one, so the folder is closed to others before the first key is in it.
    private static DirectoryInfo Create(string folder) =>
        OperatingSystem.IsWindows() ? Directory.CreateDirectory(folder) : Directory.CreateDirectory(folder, OwnerOnly);
}
