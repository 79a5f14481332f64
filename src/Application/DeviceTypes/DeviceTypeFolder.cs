using System.Collections.Immutable;
using OrleansIot.Domain.Devices.Types;

namespace OrleansIot.Application.DeviceTypes;

/// <summary>Reads the device types that are kept as files.</summary>
public static class DeviceTypeFolder
{
    // Of types with two hundred metrics; a folder of something else is found out before it is read.
    private const int MaxFiles = 1_000;
    private const long MaxBytes = 1024 * 1024;

    /// <exception cref="StoreException">The folder cannot be read, or a file in it is no device type: each fault with its file, its place and the mend.</exception>
    public static ImmutableArray<DeviceType> Read(string? folder)
    {
        if (string.IsNullOrEmpty(folder))
            return [];

        const string Setting = $"{DeviceTypeOptions.Section}:{nameof(DeviceTypeOptions.Folder)}";
        try
        {
            FileInfo[] files = [.. new DirectoryInfo(folder).EnumerateFiles("*.json").Take(MaxFiles + 1).OrderBy(file => file.Name, StringComparer.Ordinal)];
            if (files.Length > MaxFiles)
                throw new StoreException($"{folder} (setting {Setting}) has more than {MaxFiles} files. Name a folder of device types.");

            var read = files.Select(file => (file.Name, Result: Read(file))).ToList();
            var faults = read.SelectMany(file => file.Result.Faults.Select(fault => $"{file.Name}: {fault}")).ToList();
            return faults.Count == 0 ? [.. read.Select(file => file.Result.Type!)] : throw new StoreException($"Device types in {folder} (setting {Setting}) cannot be taken. {string.Join(" ", faults)}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"The device types in {folder} (setting {Setting}) cannot be read: {e.Message}", isTransient: false, e);
        }
    }

    private static DeviceTypeDocumentResult Read(FileInfo file) => file.Length <= MaxBytes
        ? DeviceTypeDocumentReader.Read(File.ReadAllBytes(file.FullName))
        : new(null, [new("$", $"has {file.Length} bytes.", $"A device type takes at most {MaxBytes}.")]);
}
