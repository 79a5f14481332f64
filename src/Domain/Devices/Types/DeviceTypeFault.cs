namespace OrleansIot.Domain.Devices.Types;

/// <summary>One thing that is wrong with a device type.</summary>
/// <param name="Path">As its document names it: <c>metrics[2].min</c>.</param>
/// <param name="Problem">What is wrong.</param>
/// <param name="Mend">What to write instead.</param>
public sealed record DeviceTypeFault(string Path, string Problem, string Mend);
