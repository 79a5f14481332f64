namespace OrleansIot.DeviceAgent.Collectors;

/// <summary>Room on one file system. Free bytes include what is reserved for the administrator, available ones do not.</summary>
internal readonly record struct FileSystemSpace(long TotalBytes, long FreeBytes, long AvailableBytes)
{
    /// <summary>As <c>df</c> counts: the share of what an ordinary program can use, 100 when that is gone.</summary>
    public double UsedPercent
    {
        get
        {
            var used = TotalBytes - FreeBytes;
            return used + AvailableBytes == 0 ? 0 : 100.0 * used / (used + AvailableBytes);
        }
    }

    /// <summary>Null when nothing (or no folder) is mounted there any more, or the drive has no medium.</summary>
    public static FileSystemSpace? Of(string mountPoint)
    {
        try
        {
            var drive = new DriveInfo(mountPoint);
            return Directory.Exists(mountPoint) && drive.IsReady
                ? new FileSystemSpace(drive.TotalSize, drive.TotalFreeSpace, drive.AvailableFreeSpace)
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public void Report(MetricMessage message, string name)
    {
        message.Section("disk", name);
        message.Percent("used-percent", UsedPercent);
        message.Number("total-bytes", TotalBytes);
        message.Number("free-bytes", AvailableBytes);
    }
}
