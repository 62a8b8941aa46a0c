#!/usr/bin/env python3
"""make_msi.py STAGE VERSION ICON OUT.msi: the installer of what lies in STAGE (see ../pack), with wixl and msibuild.

Components are named after the places of their files, so that a newer version replaces file by file and a repair knows
each of them. What wixl does not know (permissions, permanent components, commands) is written into the finished
database with msibuild."""
import hashlib
import os
import pathlib
import subprocess
import sys
import tempfile
import uuid
import xml.etree.ElementTree as xml

UPGRADE_CODE = "8A6B1F5E-6C0D-4B52-9E0B-2D7C43E1C0A1"  # for ever: by it a newer version finds the older one
NAMES = uuid.UUID("5b0c5d0e-1f3a-5b7e-8d2c-6a9e0f4b7c31")
MANUFACTURER = "Caukham"
# ASCII: wixl falls over anything else. The folder's README says it in Vietnamese.
LEFT_BEHIND = r"Removing Caukham leaves the patients' data in C:\ProgramData\Caukham."
SDK_PROGRAMS = {"caukham-plugin-check.exe", "caukham-plugin-run.exe", "caukham-sign.exe"}
# System, administrators and whoever works at the station; nobody from outside. Inherited by all that lies below.
DATA_RIGHTS = "D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1301bf;;;BU)"
PORT_RULE = "Caukham"


def feature_of(path):
    """The feature that a file of the stage belongs to."""
    top = path.parts[0]
    if path.name == "caukham-simulator.exe" or path.parts[:2] == ("share", "caukham-demo"):
        return "Demonstration"
    if top == "include" or path.name in SDK_PROGRAMS or path.parts[:3] == ("share", "caukham", "sdk") or \
            path.parts[:2] in (("share", "cmake"), ("share", "pkgconfig")):
        return "SDK"
    return "Application"


def identifier(kind, path):
    return kind + hashlib.sha256(str(path).encode()).hexdigest()[:24]


def guid(path):
    return str(uuid.uuid5(NAMES, str(path))).upper()


class Installer:
    def __init__(self, stage, version, icon):
        self.stage, self.version = pathlib.Path(stage).resolve(), version
        self.sources = {"stage": self.stage, "icon": pathlib.Path(icon).resolve(), "note": pathlib.Path(__file__).resolve().with_name("data-note.txt")}
        self.files = sorted(p.relative_to(self.stage) for p in self.stage.rglob("*") if p.is_file())
        if not any(p.name == "caukham.exe" for p in self.files):
            sys.exit(f"{stage} holds no caukham.exe: there is nothing to install. Run packaging/windows/build first.")
        self.wix = xml.Element("Wix", xmlns="http://schemas.microsoft.com/wix/2006/wi")
        content = hashlib.sha256(version.encode())
        for p in self.files:
            content.update(str(p).encode() + (self.stage / p).read_bytes())
        self.product = xml.SubElement(self.wix, "Product", Id=guid(content.hexdigest()), UpgradeCode=UPGRADE_CODE,
                                      Name="Caukham", Version=version, Manufacturer=MANUFACTURER, Language="1033")
        xml.SubElement(self.product, "Package", InstallerVersion="500", Compressed="yes", InstallScope="perMachine")
        xml.SubElement(self.product, "MajorUpgrade", DowngradeErrorMessage="A newer Caukham is installed already.")
        xml.SubElement(self.product, "Media", Id="1", Cabinet="caukham.cab", EmbedCab="yes")
        xml.SubElement(self.product, "Icon", Id="caukham.ico", SourceFile="icon")
        for name, value in (("ARPPRODUCTICON", "caukham.ico"), ("ARPCOMMENTS", LEFT_BEHIND)):
            xml.SubElement(self.product, "Property", Id=name, Value=value)
        self.root = xml.SubElement(self.product, "Directory", Id="TARGETDIR", Name="SourceDir")
        self.features, self.folders = {}, {}

    def component(self, directory, feature, name):
        self.features.setdefault(feature, []).append(identifier("c", name))
        return xml.SubElement(directory, "Component", Id=identifier("c", name), Guid=guid(name), Win64="yes")

    def add_files(self):
        programs = xml.SubElement(self.root, "Directory", Id="ProgramFiles64Folder")
        folders = self.folders
        folders[pathlib.PurePath(".")] = xml.SubElement(programs, "Directory", Id="INSTALLDIR", Name="Caukham")

        def folder(path):
            if path not in folders:
                folders[path] = xml.SubElement(folder(path.parent), "Directory", Id=identifier("d", path), Name=path.name)
            return folders[path]

        for path in self.files:
            entry = self.component(folder(path.parent), feature_of(path), path)
            xml.SubElement(entry, "File", Id=identifier("f", path), Name=path.name, Source=f"stage/{path}", KeyPath="yes")

    def add_menu(self):
        menu = xml.SubElement(self.root, "Directory", Id="ProgramMenuFolder")
        for feature, name, words in (("Application", "Caukham", ""), ("Demonstration", "Caukham (SIMULATED)", "--simulate")):
            if feature not in self.features:
                continue
            entry = self.component(menu, feature, "menu/" + name)
            xml.SubElement(entry, "Shortcut", Id=identifier("s", name), Name=name, Target="[INSTALLDIR]bin\\caukham.exe",
                           Arguments=words, WorkingDirectory="INSTALLDIR", Icon="caukham.ico")
            xml.SubElement(entry, "RegistryValue", Root="HKLM", Key="Software\\Caukham", Name="Menu" + feature, Type="integer",
                           Value="1", KeyPath="yes")

    def add_data(self):
        """The folder of patients, its rights, and a note that outlives the program."""
        common = xml.SubElement(self.root, "Directory", Id="CommonAppDataFolder")
        data = xml.SubElement(common, "Directory", Id="DATADIR", Name="Caukham")
        entry = self.component(data, "Application", "data")
        xml.SubElement(entry, "CreateFolder")
        xml.SubElement(entry, "File", Id="datanote", Name="README.txt", Source="note", KeyPath="yes")

    def add_features(self):
        titles = {"Application": "Caukham", "Demonstration": "Demonstration devices (SIMULATED)", "SDK": "SDK for device makers"}
        for name in sorted(self.features):
            made = xml.SubElement(self.product, "Feature", Id=name, Title=titles[name], Level="2" if name == "SDK" else "1")
            if name == "Application":
                made.set("Absent", "disallow")
            for component in self.features[name]:
                xml.SubElement(made, "ComponentRef", Id=component)
        # The SDK comes when it is asked for: ADDLOCAL=ALL or ADDLOCAL=Application,SDK.
        xml.SubElement(self.product, "Property", Id="INSTALLLEVEL", Value="1")

    def statements(self):
        """What wixl cannot say. Deferred commands run as the system; a PC whose firewall is another maker's installs all the same."""
        permanent = 0x10
        yield f"UPDATE `Component` SET `Attributes` = {256 + permanent} WHERE `Component` = '{identifier('c', 'data')}'"
        # Folders that hold nothing but folders go when the program goes: the deepest first.
        for path in sorted(self.folders, key=lambda p: -len(p.parts)):
            below = [p for p in self.files if path in p.parents]
            owner = identifier("c", min(below, key=lambda p: feature_of(p) != "Application"))
            yield (f"INSERT INTO `CreateFolder` (`Directory_`, `Component_`) VALUES ('{self.folders[path].get('Id')}', '{owner}')")
        yield ("CREATE TABLE `MsiLockPermissionsEx` (`MsiLockPermissionsEx` CHAR(72) NOT NULL, `LockObject` CHAR(72) NOT NULL, "
               "`Table` CHAR(32) NOT NULL, `SDDLText` CHAR(0) NOT NULL, `Condition` CHAR(255) PRIMARY KEY `MsiLockPermissionsEx`)")
        yield ("INSERT INTO `MsiLockPermissionsEx` (`MsiLockPermissionsEx`, `LockObject`, `Table`, `SDDLText`) "
               f"VALUES ('data', 'DATADIR', 'CreateFolder', '{DATA_RIGHTS}')")
        exe_in_folder, go_on_after_failure, deferred, as_system = 34, 0x40, 0x400, 0x800
        kind = exe_in_folder | go_on_after_failure | deferred | as_system
        netsh = '"[System64Folder]netsh.exe" advfirewall firewall '
        forget = netsh + f'delete rule name="{PORT_RULE}"'
        allow = netsh + (f'add rule name="{PORT_RULE}" dir=in action=allow profile=domain,private enable=yes '
                         'program="[INSTALLDIR]bin\\caukham.exe"')
        for name, command, condition, at in (("ForgetPort", forget, 'NOT FIREWALL="0"', 5801),
                                             ("AllowPort", allow, 'NOT FIREWALL="0" AND NOT REMOVE="ALL"', 5802)):
            yield ("INSERT INTO `CustomAction` (`Action`, `Type`, `Source`, `Target`) "
                   f"VALUES ('{name}', {kind}, 'INSTALLDIR', '{command}')")
            yield f"INSERT INTO `InstallExecuteSequence` (`Action`, `Condition`, `Sequence`) VALUES ('{name}', '{condition}', {at})"

    def write(self, out):
        self.add_files()
        self.add_menu()
        self.add_data()
        self.add_features()
        with tempfile.TemporaryDirectory() as folder:
            source = os.path.join(folder, "caukham.wxs")
            for name, place in self.sources.items():  # wixl reads nothing but what lies below its own folder
                os.symlink(place, os.path.join(folder, name))
            xml.ElementTree(self.wix).write(source, encoding="utf-8", xml_declaration=True)
            run(["wixl", "-a", "x64", "-o", os.path.abspath(out), "caukham.wxs"], folder)
        for statement in self.statements():
            run(["msibuild", str(out), "-q", statement])


def run(command, folder=None):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{command[0]} failed on {command[-1]}:\n{done.stdout}{done.stderr}")


def main():
    stage, version, icon, out = sys.argv[1:]
    installer = Installer(stage, version, icon)
    installer.write(out)
    print(f"{out}: {len(installer.files)} files, {os.path.getsize(out) // 1024} KiB, features {', '.join(sorted(installer.features))}")


main()
