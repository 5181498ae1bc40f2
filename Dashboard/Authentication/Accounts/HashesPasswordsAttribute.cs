namespace Presence.Dashboard.Authentication.Accounts;

/// <summary>Marks a page or form whose post has a password hashed: who posts too many is refused before anything is done for it.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class HashesPasswordsAttribute : Attribute;
