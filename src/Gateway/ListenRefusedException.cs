namespace OrleansIot.Gateway;

/// <summary>An address that the gateway cannot listen on; the message names the setting, for whoever can choose another.</summary>
public sealed class ListenRefusedException(string message, Exception innerException) : IOException(message, innerException);
