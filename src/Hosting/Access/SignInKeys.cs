using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Options;
using OrleansIot.Storage.Sqlite;

namespace OrleansIot.Standalone.Access;

/// <summary>What sign-ins and forms are signed with, kept beside the data: a restart, or a new release, signs nobody out.</summary>
internal static class SignInKeys
{
    private const string Folder = "keys";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public static IServiceCollection AddSignInKeys(this IServiceCollection services)
    {
        // A name of its own: the default is the folder of the program, and an update to another one would sign everybody out.
        services.AddDataProtection().SetApplicationName("OrleansIot");
        services.AddOptions<KeyManagementOptions>().Configure<IOptions<SqliteOptions>, ILoggerFactory>((keys, data, loggers) =>
            keys.XmlRepository = new FileSystemXmlRepository(Create(Path.Combine(Path.GetFullPath(data.Value.Path), Folder)), loggers));
        return services;
    }

    // Whoever reads a key can sign in without one, so the folder is closed to others before the first key is in it.
    private static DirectoryInfo Create(string folder) =>
        OperatingSystem.IsWindows() ? Directory.CreateDirectory(folder) : Directory.CreateDirectory(folder, OwnerOnly);
}
