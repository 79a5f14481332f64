namespace OrleansIot.DeviceAgent.Collectors.Portable;

/// <summary>How full each fixed drive is; the system's own drive is <c>root</c> everywhere.</summary>
internal sealed class PortableFileSystemCollector : ICollector
{
    public void Collect(MetricMessage message, TimeSpan elapsed)
    {
        var systemDrive = Path.GetPathRoot(Environment.SystemDirectory) is { Length: > 0 } drive ? drive : "/";
        foreach (var fixedDrive in DriveInfo.GetDrives().Where(d => d.DriveType == DriveType.Fixed))
        {
            if (FileSystemSpace.Of(fixedDrive.Name) is { TotalBytes: > 0 } space)
                space.Report(message, fixedDrive.Name == systemDrive ? "root" : MetricName.FromMountPoint(fixedDrive.Name));
        }
    }
}
