namespace System.Diagnostics.CodeAnalysis;

/// <summary>Known to the compiler by its name; .NET Standard 2.0 is older.</summary>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.ReturnValue)]
internal sealed class NotNullAttribute : Attribute;
