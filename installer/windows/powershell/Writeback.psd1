# The module's manifest. The version is put in where the MSI is built.
@{
    RootModule = 'Writeback.psm1'
    ModuleVersion = '0.0.0'
    GUID = 'bc999a51-345c-5422-962d-9f8fe2cf847b'
    Author = 'Writeback maintainers'
    CompanyName = 'Writeback maintainers'
    Copyright = '(c) Writeback maintainers. Apache License 2.0.'
    Description = 'Password writeback to Active Directory: state, test reset, permissions, unattended installation.'
    PowerShellVersion = '5.1'
    CompatiblePSEditions = @('Desktop', 'Core')
    FormatsToProcess = @('Writeback.format.ps1xml')
    FunctionsToExport = @(
        'Get-WritebackStatus'
        'Test-WritebackReset'
        'Get-WritebackPermission'
        'Install-Writeback'
    )
    CmdletsToExport = @()
    VariablesToExport = @()
    AliasesToExport = @()
}
