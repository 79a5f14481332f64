namespace OrleansIot.Api.Access;

/// <summary>The ways to show who one is.</summary>
internal static class AccessSchemes
{
    /// <summary>Chooses by path: programs send the key, people have signed in.</summary>
    public const string ByPath = "Access";

    public const string Key = "AccessKey";
    public const string SignIn = "SignIn";
}
