using OrleansIot.Scenarios;

namespace OrleansIot.EndToEnd.Tests.Standalone;

/// <summary>And where this edition keeps the keys of sign-ins.</summary>
public sealed class SigningIn(ITestOutputHelper output) : SigningIn<StandaloneEdition>(output)
{
    [Fact]
    public async Task The_keys_of_sign_ins_are_for_nobody_else_to_read()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "NOT TESTED: Windows has no file modes.");
        await using var system = await StandaloneSystem.Start($"--Access:ApiKey={Key}");

        var keys = Directory.GetFiles(Path.Combine(system.DataFolder, "keys"));

        Assert.NotEmpty(keys);
        foreach (var key in keys)
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(key));

        Assert.DoesNotContain("warn:", system.Output, StringComparison.Ordinal);
    }
}
